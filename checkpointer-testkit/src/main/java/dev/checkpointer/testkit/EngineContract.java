package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.CheckpointOutcome;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.Manifest;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every engine does, on every JDK of the matrix; {@link RestoreContract} has what is about restoring. A backend's test class extends this one and says its engine's name.
 * The tests checkpoint real JVMs, so they need what the engine needs; they fail, and do not skip, where the engine is
 * not available.
 *
 * @since 0.1.0
 */
public abstract class EngineContract extends RestoreContract {
    private static final int ROUNDS = 10;

    /** For subclasses. */
    protected EngineContract() {}

    // --- what a checkpoint keeps ------------------------------------------------------------------------------------

    @Test
    void stateSurvives() throws Exception {
        var target = start();
        target.ask("count");
        target.ask("count");
        var before = target.ask("state");
        var restored = checkpointAndRestore(target);

        assertEquals("RESTORED", restored.answer());
        assertEquals(before.replace("restores=0", "restores=1"), restored.ask("state"));
        assertEquals("3", restored.ask("count"));
        assertEquals("ok", restored.ask("advance"));
    }

    @Test
    void resourcesAreNotifiedInOrderOnceOnEachSide() throws Exception {
        var target = start();
        var restored = checkpointAndRestore(target);
        restored.answer();
        assertEquals("before-c before-b before-a after-a after-b after-c", restored.ask("events"));
    }

    @Test
    void orgCracUsesTheSettings() throws Exception {
        var target = start(Map.of("checkpointer.image", directory + "/image-%p-100%%"));
        target.endWith("org-crac");
        var restored = kept(target.restored(restore(directory.resolve("image-" + target.pid() + "-100%"))));
        assertEquals("RESTORED", restored.answer());
    }

    @Test
    void managementTellsWhatHappened() throws Exception {
        var target = start();
        assertEquals("CONTINUED", target.ask("checkpoint image=" + image() + " leave-running=true"));
        assertEquals(
                "checkpoints=1 restores=0 failures=0 engine=" + engine() + " image=" + image() + " uptime=none",
                target.ask("management"));
        var answer = target.ask("checkpoint image=" + image());
        assertTrue(answer.contains("already holds a finished image"), answer);
        target.endWith("checkpoint image=" + image() + " overwrite=true");
        var restored = answered(restored(target));
        assertEquals(
                "checkpoints=2 restores=1 failures=1 engine=" + engine() + " image=" + image() + " uptime=known",
                restored.ask("management"));
    }

    @Test
    void dumpLeavesNothingInTheProgram() throws Exception {
        var target = start();
        assertEquals("CONTINUED", target.ask("checkpoint image=" + image() + " leave-running=true"));
        var before = descriptors(target); // the first dump loads classes and libraries
        assertEquals("CONTINUED", target.ask("checkpoint image=" + image() + " leave-running=true overwrite=true"));
        assertEquals(before, descriptors(target));
        assertEquals("", Processes.children(target.pid()), "a child, or a zombie of one");
        target.endWith("checkpoint image=" + image() + " overwrite=true");
        var restored = answered(restored(target));
        assertEquals(before, descriptors(restored));
        assertEquals("", Processes.children(restored.pid()));
    }

    private static long descriptors(Target target) throws IOException {
        try (var descriptors = Files.list(Path.of("/proc", Long.toString(target.pid()), "fd"))) {
            return descriptors.count();
        }
    }

    @Test
    void leftRunningBothCopiesAreRight() throws Exception {
        var target = start();
        target.ask("count");
        assertEquals("CONTINUED", target.ask("checkpoint image=" + image() + " leave-running=true"));
        assertEquals("before-c before-b before-a after-a after-b after-c", target.ask("events"));
        assertEquals("2", target.ask("count"));
        var copy = restored(target);

        assertEquals("RESTORED", copy.answer());
        assertEquals("2", copy.ask("count"), "the copy goes on where the image was taken");
        assertEquals("3", copy.ask("count"));
        assertEquals("3", target.ask("count"), "the original knows nothing of the copy");
        assertEquals("ok", copy.ask("advance"));
        assertEquals("ok", target.ask("advance"));
    }

    @Test
    void restoredProgramIsCheckpointedAgainAndAgain() throws Exception {
        var current = start();
        for (int round = 1; round <= ROUNDS; round++) {
            current.endWith("checkpoint image=" + image() + " overwrite=true");
            current = restored(current);
            assertEquals("RESTORED", current.answer(), "round " + round);
            assertEquals(Integer.toString(round), current.ask("count"));
        }
        assertEquals("ok", current.ask("advance"));
        assertEquals(ROUNDS * 6, current.ask("events").split(" ").length);
    }

    @Test
    void imageIsRestoredTwiceAndFromAnotherPlace() throws Exception {
        var target = start();
        var first = checkpointAndRestore(target);
        assertEquals("1", answered(first).ask("count"));
        first.endWith("exit 0");
        deleteMailbox(1);
        var moved = Files.move(image(), directory.resolve("moved image"));
        var second = kept(target.restored(restore(moved)));
        assertEquals("1", answered(second).ask("count"));
    }

    @Test
    void toolsAttachBeforeAndAfter() throws Exception {
        var target = start();
        target.ask("count");
        assertAttaches(target);
        var restored = answered(checkpointAndRestore(target));
        assertAttaches(restored);
    }

    private void assertAttaches(Target target) throws IOException {
        var jcmd = jdk.home().resolve("bin/jcmd").toString();
        var result = Processes.run(List.of(jcmd, Long.toString(target.pid()), "VM.version"));
        assertEquals(0, result.status(), result.output());
    }

    @Test
    void otherProcessIsDumpedWithoutItsKnowledge() throws Exception {
        var target = start();
        target.ask("count");
        var request = CheckpointRequest.builder()
                .engine(engine())
                .pid(target.pid())
                .imageDirectory(image())
                .build();
        assertEquals(CheckpointOutcome.CONTINUED, Checkpointer.checkpoint(request));
        Processes.awaitEnd(target.pid());
        var restored = kept(target.restoredUnaware(restore(image())));
        assertEquals("2", restored.ask("count"));
        assertEquals("", restored.ask("events"));
    }

    @Test
    void heapIsShrunkForTheImageAlone() throws Exception {
        var target = start(Map.of("-XX:-UseSerialGC", "", "-XX:+UseG1GC", ""));
        assertEquals("40", target.ask("waste 40"));
        var limits = target.ask("heap");
        var restored = answered(checkpointAndRestore(target));
        assertEquals(limits, restored.ask("heap"));
        var manifest = Manifest.read(image().resolve(Manifest.FILE));
        assertTrue(bytes(manifest, "heap.after") < bytes(manifest, "heap.before"), manifest::toString);
        assertTrue(bytes(manifest, "heap.after") > 0, manifest::toString);
        assertTrue(bytes(manifest, "resident.before") > 0, manifest::toString);
        assertTrue(bytes(manifest, "resident.after") > 0, manifest::toString);
    }

    @Test
    void heapIsKeptWhenTheSettingSaysSo() throws Exception {
        start(Map.of("checkpointer.heap", "keep")).endWith("checkpoint image=" + image());
        assertEquals(
                Optional.empty(), Manifest.read(image().resolve(Manifest.FILE)).get("heap.after"));
    }

    private static long bytes(Manifest manifest, String key) {
        return Long.parseLong(manifest.get(key).orElseThrow());
    }

    /** A log grows, also by another copy of the program, and is rotated. */
    @Test
    void logIsAppendedToWhateverBecameOfIt() throws Exception {
        var log = directory.resolve("program.log");
        var target = start();
        target.ask("log " + log + " first");
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-r-----"));
        target.endWith("checkpoint image=" + image());
        Files.writeString(log, "by somebody else\n", StandardOpenOption.APPEND);

        var restored = answered(restored(target));
        restored.ask("log " + log + " second");
        assertEquals("first\nby somebody else\nsecond\n", Files.readString(log));
        restored.close();
        deleteMailbox(1);

        Files.move(log, directory.resolve("program.log.1"));
        answered(restored(target)).ask("log " + log + " third");
        assertEquals("third\n", Files.readString(log));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));
    }

    @Test
    void connectedSocketIsRefusedByName() throws Exception {
        var target = start();
        var address = target.ask("connect");
        var answer = target.ask("checkpoint image=" + image());
        assertTrue(answer.contains("is a connected TCP socket to " + address), answer);
        assertTrue(answer.contains("checkpointer.tcp=close"), answer);
        assertWentOn(target);
    }

    @Test
    void connectedSocketComesBackClosed() throws Exception {
        var target = start();
        target.ask("connect");
        target.endWith("checkpoint image=" + image() + " tcp=CLOSE");
        var restored = restored(target);
        assertEquals("RESTORED", restored.answer());
        var read = restored.ask("read");
        assertTrue(read.equals("-1") || read.contains("SocketException"), read);
    }

    // --- what goes wrong before and in a dump -----------------------------------------------------------------------

    @Test
    void failingResourcePreventsTheDump() throws Exception {
        var target = start();
        target.ask("fail before-b");
        var answer = target.ask("checkpoint image=" + image());
        assertEquals(
                "org.crac.CheckpointException\njava.lang.Exception: before-b fails as it was told",
                answer,
                "every cause is suppressed");
        assertFalse(Files.exists(image()));
        assertWentOn(target);
    }

    @Test
    void interruptedThreadIsToldSo() throws Exception {
        var target = start();
        var answer = target.ask("checkpoint interrupted=true image=" + image());
        assertTrue(answer.contains("interrupted before the dump began"), answer);
        assertFalse(Files.exists(image()));
        assertWentOn(target);
    }

    @Test
    void failureAfterTheRestoreIsTold() throws Exception {
        var target = start();
        target.ask("fail after-a");
        var restored = checkpointAndRestore(target);
        assertEquals("org.crac.RestoreException\njava.lang.Exception: after-a fails as it was told", restored.answer());
    }

    @Test
    void finishedImageIsKeptUnlessItMayBeReplaced() throws Exception {
        var target = start();
        assertEquals("CONTINUED", target.ask("checkpoint image=" + image() + " leave-running=true"));
        var manifest = Files.readString(image().resolve(Manifest.FILE));
        var answer = target.ask("checkpoint image=" + image() + " leave-running=true");
        assertTrue(answer.contains("already holds a finished image"), answer);
        assertEquals(manifest, Files.readString(image().resolve(Manifest.FILE)));

        var criu = killingCriu();
        try (var unlucky = startElsewhere(Map.of("checkpointer.criu", criu.toString()))) {
            answer = unlucky.ask("checkpoint overwrite=true image=" + image());
            assertTrue(answer.contains("EngineException"), answer);
            assertEquals(manifest, Files.readString(image().resolve(Manifest.FILE)), "the old image stays");
            assertEquals("1", unlucky.ask("count"));
        }
        assertEquals("CONTINUED", target.ask("checkpoint image=" + image() + " leave-running=true overwrite=true"));
        assertFalse(manifest.equals(Files.readString(image().resolve(Manifest.FILE))));
        assertFalse(Files.exists(image().resolveSibling("image.new")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"16k", "4m"})
    void fullDiskLeavesTheProgramRunning(String size) throws Exception {
        assumeRoot();
        try (var tmpfs = new Tmpfs(directory.resolve("small"), size)) {
            var target = start();
            var answer = target.ask("checkpoint image=" + tmpfs.directory().resolve("image"));
            assertTrue(answer.contains("no space left for the image"), answer);
            assertFalse(Files.exists(tmpfs.directory().resolve("image/manifest")));
            assertWentOn(target);
        }
    }

    @Test
    void readOnlyDirectoryLeavesTheProgramRunning() throws Exception {
        assumeRoot();
        try (var tmpfs = new Tmpfs(directory.resolve("frozen"), "1m")) {
            tmpfs.makeReadOnly();
            var target = start();
            var answer = target.ask("checkpoint image=" + tmpfs.directory().resolve("image"));
            assertTrue(answer.contains("cannot write the image directory"), answer);
            assertTrue(answer.contains("Read-only file system"), answer);
            assertWentOn(target);
        }
    }

    @Test
    void killedCriuLeavesTheProgramRunning() throws Exception {
        var target = start(Map.of("checkpointer.criu", killingCriu().toString()));
        var answer = target.ask("checkpoint image=" + image());
        assertTrue(answer.contains("EngineException: CRIU was killed during the dump"), answer);
        assertFalse(Files.exists(image().resolve(Manifest.FILE)));
        assertWentOn(target);
    }

    @Test
    void unknownEngineIsToldWithTheKnownOnes() throws Exception {
        var target = start();
        var answer = target.ask("checkpoint engine=nonsense image=" + image());
        assertTrue(answer.contains("there is no engine 'nonsense'"), answer);
        assertTrue(answer.contains(engine() + ": available"), answer);
        assertTrue(answer.contains("simulate: available"), answer);
    }

    // --- steps ------------------------------------------------------------------------------------------------------

    /** The program runs, its resources came back, and its state is as it was. */
    private void assertWentOn(Target target) {
        assertEquals("before-c before-b before-a after-a after-b after-c", target.ask("events"));
        assertEquals("1", target.ask("count"));
        assertEquals("ok", target.ask("advance"));
    }

    private static void assumeRoot() {
        assumeTrue(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "mounting a small file system needs root");
    }

    /**
     * A criu that the kernel kills while it writes memory pages: its files have a largest size (SIGXFSZ). At later moments
     * it runs code of its own in the program's threads, and a program that is left then may crash.
     */
    private Path killingCriu() throws EngineException, IOException {
        return script("killing-criu", """
                #!/bin/sh
                ulimit -c 0
                ulimit -f 2048
                exec %s "$@"
                """.formatted(criu()));
    }
}
