package dev.checkpointer.tests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Manifest;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kills what takes part in a dump that is to replace a finished image, at moments all over the dump. */
class KilledDumpTest extends FaultFixture {
    private static final int POINTS = 20;
    private static final int REHEARSALS = 3;

    /** Who is killed. */
    enum Victim {
        CRIU((image, target) -> ProcessView.criu(image)),
        SHELL((image, target) -> ProcessView.find(image, Victim::isDumpingShell)),
        DEADLINE((image, target) ->
                ProcessView.find(image, process -> process.name().equals("timeout"))),
        PROGRAM((image, target) -> ProcessView.find(image.getParent(), process -> process.pid() == target.pid()));

        private final BiFunction<Path, Target, Optional<ProcessView>> finder;

        Victim(BiFunction<Path, Target, Optional<ProcessView>> finder) {
            this.finder = finder;
        }

        /** dump.sh when it has left the JVM's tree. */
        private static boolean isDumpingShell(ProcessView process) {
            return process.name().equals("sh") && process.words().contains("--self");
        }
    }

    private Row row;
    private Original old;
    private Path oldImage;
    private Target target;
    private int count;

    @ParameterizedTest
    @Tag("full")
    @CsvSource({
        "criu-exec, CRIU, 'dump: kill -9 of CRIU, criu-exec'",
        "criu-exec, SHELL, 'dump: kill -9 of the shell, criu-exec'",
        "criu-exec, PROGRAM, 'dump: kill -9 of the JVM, criu-exec'",
        "criu-rpc, CRIU, 'dump: kill -9 of CRIU, criu-rpc'",
        "criu-rpc, DEADLINE, 'dump: kill -9 of the process that keeps the deadline, criu-rpc'",
        "criu-rpc, PROGRAM, 'dump: kill -9 of the JVM, criu-rpc'"
    })
    void atTwentyPoints(String engine, Victim victim, String fault) throws Exception {
        killed(row(fault), engine, victim, POINTS);
    }

    @ParameterizedTest
    @CsvSource({"criu-exec, SHELL", "criu-rpc, PROGRAM"})
    void atSomePoints(String engine, Victim victim) throws Exception {
        killed(new Row(""), engine, victim, 3);
    }

    private void killed(Row row, String engine, Victim victim, int points) throws Exception {
        this.row = row;
        makeOldImage(engine);
        long nanos = duration(engine, victim);
        for (int i = 1; i <= points; i++) {
            row.begin();
            if (target == null || !Processes.runs(target.pid())) {
                begin(engine);
            }
            var image = place().resolve("image");
            removeTree(image);
            removeTree(image.resolveSibling("image.new"));
            copyTree(oldImage, image);
            var state = target.ask("state");
            long request = System.nanoTime();
            target.send("checkpoint overwrite=true image=" + image);
            var handle = awaitVictim(victim, image);
            long gone = victim == Victim.PROGRAM ? System.nanoTime() - request : 0;
            sleepUntilPoint(i, points, Math.max(0, nanos - gone));
            handle.ifPresent(ProcessHandle::destroyForcibly);
            settle(victim, engine, image, new Original(target, place(), count, state));
        }
    }

    private void makeOldImage(String engine) throws Exception {
        var program = program(engine);
        oldImage = directory.resolve("old");
        var state = program.ask("state");
        program.endWith("checkpoint image=" + oldImage);
        old = new Original(program, place(), 1, state);
    }

    private void begin(String engine) throws Exception {
        target = program(engine);
        count = 1;
        Await.until("the rehearsal", () -> target.ask("ready").endsWith("rehearsing=false"));
    }

    /** Empty when it came and went unseen. */
    private Optional<ProcessHandle> awaitVictim(Victim victim, Path image) {
        return Await.value("the victim or the end of the dump", () -> {
            var found = victim.finder.apply(image, target).flatMap(process -> ProcessHandle.of(process.pid()));
            if (found.isPresent()) {
                return Optional.of(found);
            }
            return target.hasAnswered() || !Processes.runs(target.pid())
                    ? Optional.of(Optional.<ProcessHandle>empty())
                    : Optional.empty();
        });
    }

    /** How long the victim lives in a dump. */
    private long duration(String engine, Victim victim) throws Exception {
        begin(engine);
        var image = place().resolve("rehearsal");
        long nanos = 0;
        for (int i = 0; i < REHEARSALS; i++) {
            target.send("checkpoint leave-running=true overwrite=true image=" + image);
            long begin = System.nanoTime();
            var handle = awaitVictim(victim, image);
            if (victim == Victim.PROGRAM) {
                target.answer();
            } else {
                begin = System.nanoTime();
                Await.until(
                        "the end of the dump",
                        () -> handle.isEmpty() || !Processes.runs(handle.get().pid()));
            }
            nanos = Math.max(nanos, System.nanoTime() - begin);
            assertEquals("CONTINUED", target.answer());
        }
        return nanos;
    }

    private void settle(Victim victim, String engine, Path image, Original before) throws Exception {
        Await.until(
                "the end of what dumps: " + ProcessView.of(image),
                () -> ProcessView.of(image).isEmpty());
        boolean runs = goesOn(before);
        var manifest = Manifest.read(image.resolve(Manifest.FILE));
        boolean isNew = manifest.get("pid").equals(Optional.of(Long.toString(target.pid())));
        assertRestores(image, isNew ? before : old, engine);
        if (runs) {
            row.ran();
            if (isNew) {
                row.note("the new image was finished all the same");
            }
        } else if (isNew) {
            row.ran();
            row.note("the new image was finished before, and ran");
        } else if (victim == Victim.PROGRAM) {
            row.ran();
            row.note("the image of before ran");
        } else {
            row.note("CRIU's end took the program along; the image of before ran");
        }
    }

    /** Whether the program still runs and is right. What ends it may come a moment later than its answer. */
    private boolean goesOn(Original before) throws Exception {
        try {
            var answer = target.answer();
            assertTrue(answer.contains("EngineException: "), answer);
            assertTrue(List.of(answer.split("\n")).get(1).contains(". "), () -> "no remedy: " + answer);
            assertEquals(before.state(), target.ask("state"));
            assertEquals(Integer.toString(count + 1), target.ask("count"));
            assertEquals("ok", target.ask("advance"));
            count++;
            row.told();
            return true;
        } catch (AssertionError e) {
            if (Processes.runs(target.pid())) {
                throw e;
            }
            return false;
        }
    }
}
