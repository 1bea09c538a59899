package dev.checkpointer.tests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.RestoredProcess;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.RestoreProgram;
import dev.checkpointer.testkit.Target;
import dev.checkpointer.testkit.TargetProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kills what takes part in a restore, at moments all over it. */
class KilledRestoreTest extends FaultFixture {
    private static final int POINTS = 20;
    private static final int REHEARSALS = 3;

    /** Who is killed: CRIU, who had the image restored, or what is being restored. */
    enum Victim {
        CRIU,
        RESTORER,
        PROGRAM
    }

    private Row row;
    private String engine;
    private String way;
    private Original original;
    private Path image;

    @ParameterizedTest
    @Tag("full")
    @CsvSource({
        "detached, CRIU, 'restore, detached: kill -9 of CRIU'",
        "detached, RESTORER, 'restore, detached: kill -9 of the launcher (shell)'",
        "detached, PROGRAM, 'restore, detached: kill -9 of the JVM that is being restored'",
        "foreground, CRIU, 'restore, foreground: kill -9 of CRIU'",
        "foreground, RESTORER, 'restore, foreground: kill -9 of the launcher (shell)'",
        "namespace, CRIU, 'restore in a PID namespace: kill -9 of CRIU'",
        "criu-rpc, CRIU, 'restore by criu-rpc: kill -9 of CRIU'",
        "criu-rpc, RESTORER, 'restore by criu-rpc: kill -9 of the JVM that restores'"
    })
    void atTwentyPoints(String way, Victim victim, String fault) throws Exception {
        killed(row(fault), way, victim, POINTS);
    }

    @ParameterizedTest
    @CsvSource({"detached, CRIU", "foreground, RESTORER"})
    void atSomePoints(String way, Victim victim) throws Exception {
        killed(new Row(""), way, victim, 3);
    }

    private void killed(Row row, String way, Victim victim, int points) throws Exception {
        this.row = row;
        this.way = way;
        engine = way.equals("criu-rpc") ? way : "criu-exec";
        makeImage();
        long nanos = duration(victim);
        var fingerprint = fingerprint();
        for (int i = 1; i <= points; i++) {
            row.begin();
            var restorer = start();
            try {
                var handle = awaitVictim(victim, restorer);
                sleepUntilPoint(i, points, nanos);
                handle.ifPresent(ProcessHandle::destroyForcibly);
                settle(victim, restorer);
            } finally {
                restorer.destroyForcibly();
            }
            assertRestores(image, original, engine);
            assertEquals(fingerprint, fingerprint());
        }
        awaitQuiet();
    }

    private void makeImage() throws Exception {
        var program = program(engine);
        image = directory.resolve("image");
        var state = program.ask("state");
        program.endWith("checkpoint image=" + image);
        original = new Original(program, place(), 1, state);
    }

    private TreeMap<String, String> fingerprint() throws IOException {
        var files = new TreeMap<String, String>();
        try (var entries = Files.list(image)) {
            for (var file : entries.toList()) {
                files.put(file.getFileName().toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return files;
    }

    private Process start() throws IOException {
        original.forgetRestore();
        Files.deleteIfExists(pidFile());
        awaitPid();
        if (way.equals("criu-rpc")) {
            return new ProcessBuilder(
                            JDK.java().toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Dcheckpointer.engine=criu-rpc",
                            "-Djava.io.tmpdir=" + work(),
                            "-cp",
                            Target.classPath(),
                            RestoreProgram.class.getName(),
                            image.toString(),
                            directory.resolve("restored.txt").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("err").toFile())
                    .start();
        }
        var launcher = launcher("restore", image.toString(), "--timeout", "20s", "--pidfile", pidFile() + "");
        if (!way.equals("foreground")) {
            launcher.command().add("--detach");
        }
        if (way.equals("namespace")) {
            launcher.command().add("--pid-namespace=always");
        }
        return launcher.start();
    }

    /** What was killed keeps its PID until its parent collects it, and a restore would choose a namespace. */
    private void awaitPid() {
        var process = Path.of("/proc", Long.toString(original.target().pid()));
        Await.until(
                "the PID of the image",
                () -> !Files.exists(process) || Processes.runs(original.target().pid()));
    }

    private Path pidFile() {
        return directory.resolve("pid");
    }

    private Optional<ProcessHandle> awaitVictim(Victim victim, Process restorer) {
        if (victim == Victim.RESTORER) {
            return Optional.of(restorer.toHandle());
        }
        return Await.value("the victim or the end of the restore", () -> {
            var found = victim == Victim.CRIU
                    ? ProcessView.criu(directory)
                    : ProcessView.of(original.target().pid(), directory);
            var handle = found.flatMap(process -> ProcessHandle.of(process.pid()));
            if (handle.isPresent()) {
                return Optional.of(handle);
            }
            return isOver(restorer) ? Optional.of(Optional.<ProcessHandle>empty()) : Optional.empty();
        });
    }

    /** The launcher in the foreground stays. */
    private boolean isOver(Process restorer) {
        return !restorer.isAlive() || Files.exists(pidFile());
    }

    /** From the victim's appearance to the end of the restore. */
    private long duration(Victim victim) throws Exception {
        long nanos = 0;
        for (int i = 0; i < REHEARSALS; i++) {
            var restorer = start();
            var handle = awaitVictim(victim, restorer);
            long begin = System.nanoTime();
            Await.until(
                    "the end of the restore",
                    () -> isOver(restorer)
                            || handle.isPresent() && !handle.get().isAlive());
            nanos = Math.max(nanos, System.nanoTime() - begin);
            Await.until("the end of the restore", () -> isOver(restorer));
            endWhatRuns();
            restorer.destroyForcibly();
        }
        return nanos;
    }

    private Optional<Target> running() {
        return ProcessView.find(
                        directory,
                        process -> process.words().contains(TargetProgram.class.getName()) && !process.isCriu())
                .map(process -> original.target().restored(new RestoredProcess(process.pid())));
    }

    private void endWhatRuns() {
        running().ifPresent(Target::close);
    }

    private void settle(Victim victim, Process restorer) throws Exception {
        Await.until("the end of the restore", () -> isOver(restorer));
        Await.until(
                "the end of CRIU: " + ProcessView.of(directory),
                () -> ProcessView.find(directory, ProcessView::isCriu).isEmpty());
        var program = running();
        boolean right = program.isPresent() && isRight(program.get());
        endWhatRuns();
        if (right) {
            row.ran();
        }
        if (way.equals("foreground")) {
            Await.until("the end of the launcher", () -> !restorer.isAlive());
        }
        if (victim == Victim.RESTORER && restorer.waitFor() == 128 + 9) {
            row.note(right ? "the program runs all the same" : "nothing of it was left");
            noteWork();
            return;
        }
        tell(victim, right, new Ended(restorer.waitFor(), Files.readString(directory.resolve("err"))));
    }

    private void tell(Victim victim, boolean right, Ended ended) throws IOException {
        if (right) {
            row.note("the kill came too late");
        } else if (isClear(ended)) {
            row.told();
        } else {
            boolean wasRunning = Files.exists(pidFile()) || way.equals("criu-rpc") && ended.status() == 0;
            assertTrue(wasRunning, () -> ended + row.line());
            // In a namespace CRIU's process becomes the program's parent, with which the program ends.
            row.note("the restore was over, and the kill met the "
                    + (victim == Victim.CRIU ? "program's parent" : "running program"));
        }
        requireLogs();
    }

    private boolean isClear(Ended ended) {
        return way.equals("criu-rpc")
                ? ended.status() != 0 && ended.messages().contains("EngineException: cannot restore ")
                : ended.clear();
    }

    private boolean isRight(Target program) {
        try {
            original.assertRight(program);
            return true;
        } catch (AssertionError e) {
            if (Processes.runs(program.pid())) {
                throw e;
            }
            row.note("the program ran and then ended");
            return false;
        }
    }

    private void noteWork() throws IOException {
        if (!workDirectories().isEmpty()) {
            row.note("a work directory was left");
        }
        removeWork();
    }
}
