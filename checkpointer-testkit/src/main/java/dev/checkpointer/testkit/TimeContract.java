package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.RestoredProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The part of the contract that is about clocks. Minutes pass, and machines are started anew, in time namespaces.
 *
 * @since 0.1.0
 */
public abstract class TimeContract extends ContractFixture {
    private static final String LONG_WAITS = "future500 park500 select500 sleep500 wait500";

    /** For {@link DescriptorsContract}. */
    TimeContract() {}

    @Test
    void clockGoesOnMinutesLaterAndOnAMachineThatWasStartedAnew() throws Exception {
        assumeTrue(Machine.maySetClocks(), "setting clocks needs root");
        var target = start();
        target.ask("begin 500");
        target.ask("begin 1");
        long before = Long.parseLong(target.ask("clock"));
        target.endWith("checkpoint image=" + image());
        for (long offset : new long[] {Machine.MINUTES, Machine.startedAnew()}) {
            var restored = answered(kept(target.restored(restoreOn(offset))));
            int runs = Integer.parseInt(restored.ask("runs"));
            assertTrue(runs < 100, () -> runs + " runs of an executor that runs once in a second");
            long after = Long.parseLong(restored.ask("clock"));
            assertTrue(after >= before, () -> after + " is before " + before);
            assertTrue(after - before < TimeUnit.SECONDS.toNanos(300), () -> "it went on by " + (after - before));
            Await.until(
                    "the end of the waits of a second",
                    () -> restored.ask("waiting").equals(LONG_WAITS));
            restored.close();
            deleteMailbox(1);
        }
    }

    @Test
    void elapsedTimeCounts() throws Exception {
        assumeTrue(Machine.maySetClocks(), "setting clocks needs root");
        var target = start();
        target.ask("begin 500");
        long before = Long.parseLong(target.ask("clock"));
        target.endWith("checkpoint image=" + image() + " time=ELAPSED");
        Machine.age(image());
        var restored = answered(kept(target.restored(restoreOn(Machine.startedAnew()))));
        long advance = Long.parseLong(restored.ask("clock")) - before;
        assertTrue(advance > TimeUnit.SECONDS.toNanos(Machine.MINUTES - 1), () -> "it went on by " + advance);
        assertTrue(advance < TimeUnit.SECONDS.toNanos(Machine.MINUTES + 300), () -> "it went on by " + advance);
        Await.until("the end of all waits", () -> restored.ask("waiting").isEmpty());
        Await.until("the missed runs", () -> Integer.parseInt(restored.ask("runs")) > Machine.MINUTES - 1);
        assertFalse(Files.exists(image().resolve("clock")), "the image is as it was");
    }

    /** Restores with a JVM for which the machine's clock differs. */
    private RestoredProcess restoreOn(long offset) throws IOException {
        var command = new ArrayList<>(Machine.unshare(offset));
        command.addAll(List.of(
                Jdk.all().findFirst().orElseThrow().java().toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dcheckpointer.engine=" + engine(),
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                Target.classPath(),
                RestoreProgram.class.getName(),
                image().toString(),
                directory.resolve("restored.txt").toString()));
        var result = Processes.run(command);
        assertEquals(0, result.status(), result::output);
        return new RestoredProcess(Long.parseLong(result.output().strip().substring("pid ".length())));
    }

    /** Machines with other clocks. */
    static final class Machine {
        /** As many seconds as some minutes have. */
        static final long MINUTES = 600;

        private Machine() {}

        static boolean maySetClocks() throws IOException {
            var command = new ArrayList<>(unshare(MINUTES));
            command.add("true");
            return Processes.run(command).status() == 0;
        }

        /** A command's beginning, for a command that sees clocks with an offset in seconds. */
        static List<String> unshare(long offset) {
            return List.of("unshare", "--time", "--monotonic", "" + offset, "--boottime", "" + offset, "--fork", "--");
        }

        /** The offset of a machine that has been up for a second. */
        static long startedAnew() throws IOException {
            var uptime = Files.readString(Path.of("/proc/uptime"));
            return 1 - Long.parseLong(uptime.substring(0, uptime.indexOf('.')));
        }

        /** Makes an image some minutes old. */
        static void age(Path image) throws IOException {
            var lines = new ArrayList<String>();
            for (var line : Files.readAllLines(image.resolve("manifest"))) {
                var key = "time.at=";
                lines.add(line.startsWith(key) ? key + (Long.parseLong(line.substring(key.length())) - MINUTES) : line);
            }
            Files.write(image.resolve("manifest"), lines);
        }
    }
}
