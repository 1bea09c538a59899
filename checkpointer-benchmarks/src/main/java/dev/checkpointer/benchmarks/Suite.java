package dev.checkpointer.benchmarks;

import dev.checkpointer.benchmarks.harness.Asker;
import dev.checkpointer.benchmarks.harness.Bound;
import dev.checkpointer.benchmarks.harness.Comparison;
import dev.checkpointer.benchmarks.harness.Console;
import dev.checkpointer.benchmarks.harness.Race;
import dev.checkpointer.benchmarks.harness.Report;
import dev.checkpointer.benchmarks.harness.TextTable;
import dev.checkpointer.benchmarks.harness.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A question that a benchmark answers. */
public interface Suite {
    /**
     * What it is called on the command line.
     *
     * @return one word
     */
    String name();

    /**
     * What it measures.
     *
     * @return one line
     */
    String description();

    /**
     * Measures.
     *
     * @param setting how, and where the results go
     * @throws IOException when nothing can be measured; contestants that fail are told of in the results
     * @throws InterruptedException when this thread is interrupted
     */
    void run(Setting setting) throws IOException, InterruptedException;

    /**
     * What suites need.
     *
     * @param root the project's directory
     * @param work where files and processes go
     * @param asker who asks programs over HTTP
     * @param console where people read
     * @param report where results go
     * @param runs how often each contestant runs
     * @param small whether the smallest sizes will do, since all is only to be tried
     * @param example the example that is wanted; empty for all
     * @param only a part of the names of the contestants that are wanted
     */
    record Setting(
            Path root,
            Work work,
            Asker asker,
            Console console,
            Report report,
            int runs,
            boolean small,
            Optional<String> example,
            Optional<String> only) {
        /**
         * Whether a contestant takes part.
         *
         * @param contestant its name
         * @return true unless others were named
         */
        public boolean wanted(String contestant) {
            return only.isEmpty() || contestant.contains(only.get());
        }

        /**
         * Prints and keeps what a race gave.
         *
         * @param suite the suite's name
         * @param race after its rounds
         */
        public void publish(String suite, Race race) {
            report.add(suite, race);
            print(race.comparisons());
        }

        /**
         * Prints and keeps what was measured elsewhere.
         *
         * @param suite the suite's name
         * @param comparisons in the order of the tables
         */
        public void publish(String suite, List<Comparison> comparisons) {
            report.add(suite, comparisons);
            print(comparisons);
        }

        private void print(List<Comparison> comparisons) {
            comparisons.forEach(comparison -> console.print("\n" + TextTable.of(comparison)));
        }

        /**
         * Prints and keeps bounds.
         *
         * @param bounds what was looked at
         */
        public void publish(List<Bound> bounds) {
            report.add(bounds);
            console.print("");
            bounds.forEach(bound -> console.print(bound.toString()));
        }
    }
}
