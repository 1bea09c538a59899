package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.MachineDifference;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The part of the contract that is about restoring. Backends extend {@link EngineContract}, which contains it.
 *
 * @since 0.1.0
 */
public abstract class RestoreContract extends LazyContract {
    private static final long STATUS_SECONDS = 60;

    /** For {@link EngineContract}. */
    RestoreContract() {}

    // --- a child of this JVM ----------------------------------------------------------------------------------------

    @Test
    void childIsRestoredWithItsExitStatus() throws Exception {
        var target = start();
        dump(target);
        var request = request(image()).child(true).build();
        assertChild(target, Checkpointer.restore(request), "exit 7", 7);
        deleteMailbox(1);
        awaitFreePid(target);
        assertChild(target, Checkpointer.restore(request), "killed", 137);
    }

    @Test
    void childInAPidNamespaceTellsItsExitStatus() throws Exception {
        var target = start();
        dump(target);
        var request =
                request(image()).child(true).pidNamespace(PidNamespace.ALWAYS).build();
        RestoredProcess process;
        try {
            process = Checkpointer.restore(request);
        } catch (EngineException e) {
            // The engine cannot do both at once, and says so.
            assertEquals(FailureKind.UNAVAILABLE, e.kind(), e::getMessage);
            assertTrue(e.getMessage().contains("child") && e.getMessage().contains("namespace"), e::getMessage);
            return;
        }
        assertChild(target, process, "exit 7", 7);
        deleteMailbox(1);
        assertChild(target, Checkpointer.restore(request), "killed", 137);
    }

    private void assertChild(Target target, RestoredProcess process, String end, int status) throws Exception {
        var restored = answered(kept(target.restored(process)));
        assertEquals("1", restored.ask("count"));
        var ancestors = Stream.iterate(
                process.handle().parent(), Optional::isPresent, parent -> parent.flatMap(ProcessHandle::parent));
        assertTrue(ancestors.anyMatch(Optional.of(ProcessHandle.current())::equals), "it is below this JVM");
        var exitStatus = process.exitStatus().orElseThrow();
        assertFalse(exitStatus.isDone(), "it runs");
        if (end.equals("killed")) {
            process.handle().destroyForcibly();
        } else {
            restored.send(end);
        }
        assertEquals(status, exitStatus.get(STATUS_SECONDS, TimeUnit.SECONDS));
    }

    /** The one that comes too late, for a namespace or with a failure, leaves the other one's program alone. */
    @Test
    void childrenOfOneImageAtOnceLeaveEachOtherAlone() throws Exception {
        var target = start();
        dump(target);
        var request = request(image()).child(true).build();
        Callable<Optional<RestoredProcess>> restore = () -> {
            try {
                return Optional.of(Checkpointer.restore(request));
            } catch (EngineException e) {
                assertEquals(FailureKind.PID_TAKEN, e.kind(), e::getMessage);
                return Optional.empty();
            }
        };
        var threads = Executors.newFixedThreadPool(2);
        try {
            var processes = new ArrayList<RestoredProcess>();
            for (var result : threads.invokeAll(List.of(restore, restore))) {
                result.get().ifPresent(processes::add);
            }
            processes.forEach(process -> kept(target.restored(process)));
            assertFalse(processes.isEmpty());
            for (var process : processes) {
                assertFalse(process.exitStatus().orElseThrow().isDone(), () -> "process " + process.pid() + " runs");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void detachedProgramHasNoStatus() throws Exception {
        var target = start();
        dump(target);
        var process = restore(image());
        answered(kept(target.restored(process)));
        assertTrue(process.exitStatus().isEmpty());
    }

    @Test
    void programIsRestoredIntoAPidNamespace() throws Exception {
        var target = start();
        dump(target);
        var request = request(image()).pidNamespace(PidNamespace.ALWAYS).build();
        var restored = kept(target.restored(Checkpointer.restore(request)));
        assertEquals("RESTORED", restored.answer());
        assertEquals("ok", restored.ask("advance"));
    }

    // --- what stands in for descriptors -----------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"detached", "child", "namespace"})
    void streamsAreThoseOfTheRequest(String mode) throws Exception {
        var target = startWithError(Redirect.to(directory.resolve("error.txt").toFile()));
        target.ask("say dumped");
        dump(target);
        var input = Files.writeString(directory.resolve("in.txt"), "first\nsecond\n");
        var written = Files.writeString(directory.resolve("written.txt"), "a line longer than the program's\n");
        var appended = Files.writeString(directory.resolve("appended.txt"), "before\n");
        var request = mode(mode, request(image()))
                .input(Redirect.from(input.toFile()))
                .output(Redirect.to(written.toFile()))
                .error(Redirect.appendTo(appended.toFile()))
                .build();
        var restored = answered(kept(target.restored(Checkpointer.restore(request))));
        assertEquals("first", restored.ask("hear"));
        assertEquals("second", restored.ask("hear"));
        restored.ask("say one");
        restored.ask("complain two");
        restored.ask("say three");
        assertEquals("one\nthree\n", Files.readString(written));
        assertEquals("before\ntwo\n", Files.readString(appended));
        assertEquals("dumped\n", target.output(), "the old file is as it was");
    }

    /** The JVM has files of its own in their place, which nothing may stand in for. */
    @Test
    void programWithClosedStreamsIsRestored() throws Exception {
        var target = startWithClosedStreams();
        dump(target);
        assertEquals("1", answered(restored(target)).ask("count"));
    }

    @Test
    void fileInThePlaceOfAPipeIsAppendedTo() throws Exception {
        var target = startWithError(Redirect.PIPE);
        dump(target);
        var log = Files.writeString(directory.resolve("log.txt"), "before\n");
        var request = request(image()).output(log).build();
        var restored = answered(kept(target.restored(Checkpointer.restore(request))));
        restored.ask("complain one");
        restored.ask("say two");
        restored.ask("complain three");
        assertEquals("before\none\ntwo\nthree\n", Files.readString(log));
    }

    @ParameterizedTest
    @ValueSource(strings = {"detached", "child", "namespace"})
    void inheritedFileStandsIn(String mode) throws Exception {
        var old = Files.writeString(directory.resolve("old.txt"), "old 1\nold 2\n");
        var other = Files.writeString(directory.resolve("other.txt"), "other 1\nother 2\n");
        var target = start();
        target.ask("open " + old);
        assertEquals("old 1", target.ask("read-line"));
        dump(target);
        var key = old.toRealPath().toString().substring(1);
        var request = mode(mode, request(image()))
                .inherit(key, Redirect.from(other.toFile()))
                .build();
        var restored = answered(kept(target.restored(Checkpointer.restore(request))));
        assertEquals("other 1", restored.ask("read-line"), "CRIU takes the descriptor as it is, at the beginning");
        assertEquals("other 2", restored.ask("read-line"));
    }

    @Test
    void fileThatCannotBeOpenedIsNamed() throws Exception {
        var target = start();
        dump(target);
        var missing = directory.resolve("missing/file").toFile();
        assertNotOpened(request(image()).input(Redirect.from(missing)), "the program's standard input");
        assertNotOpened(request(image()).output(Redirect.to(missing)), "the program's standard output");
        assertNotOpened(request(image()).error(Redirect.appendTo(missing)), "the program's standard error");
        assertEquals("RESTORED", restored(target).answer());
    }

    private static void assertNotOpened(RestoreRequest.Builder request, String name) {
        var exception = assertThrows(EngineException.class, () -> Checkpointer.restore(request.build()));
        assertEquals(FailureKind.NOT_WRITABLE, exception.kind(), exception::getMessage);
        assertTrue(exception.getMessage().contains("cannot open " + name), exception::getMessage);
        assertTrue(exception.getMessage().contains("missing/file"), exception::getMessage);
    }

    // --- what goes wrong in a restore -------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"detached", "child", "namespace"})
    void hungCriuEndsAtTheDeadlineOfARestore(String mode) throws Exception {
        var target = start();
        dump(target);
        var request =
                mode(mode, request(image())).timeout(Duration.ofSeconds(1)).build();
        var criu = hangingCriu();
        var exception = assertThrows(EngineException.class, () -> restoreWith(criu, request));
        assertEquals(FailureKind.TIMEOUT, exception.kind(), exception::getMessage);
        assertNothingRuns();
        assertEquals("RESTORED", restored(target).answer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"detached", "child", "namespace"})
    void interruptedRestoreLeavesNothing(String mode) throws Exception {
        var target = start();
        dump(target);
        var request = mode(mode, request(image())).build();
        var criu = hangingCriu();
        var caller = Thread.currentThread();
        var interrupter = new Thread(() -> {
            Await.until(
                    "CRIU", () -> !Processes.mentioning(hanging().toString()).isEmpty());
            caller.interrupt();
        });
        interrupter.start();
        var exception = assertThrows(EngineException.class, () -> restoreWith(criu, request));
        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        interrupter.join();
        assertEquals(FailureKind.INTERRUPTED, exception.kind(), exception::getMessage);
        assertNothingRuns();
        assertEquals("RESTORED", restored(target).answer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"detached", "child", "namespace"})
    void failedRestoreLeavesNothing(String mode) throws Exception {
        var file = Files.writeString(directory.resolve("open.txt"), "one\ntwo\n");
        var target = start();
        target.ask("open " + file);
        target.ask("read-line");
        dump(target);
        Files.delete(file);
        var request =
                mode(mode, request(image())).ignore(MachineDifference.FILES).build();
        var exception = assertThrows(EngineException.class, () -> Checkpointer.restore(request));
        assertEquals(FailureKind.FILE_CHANGED, exception.kind(), exception::getMessage);
        assertNothingRuns();
        Files.writeString(file, "one\ntwo\n");
        var restored = answered(kept(target.restored(Checkpointer.restore(request))));
        assertEquals("two", restored.ask("read-line"));
    }

    /** As when memory runs out: CRIU ends when everything is restored and nothing runs yet. */
    @ParameterizedTest
    @ValueSource(strings = {"detached", "child"})
    void killedCriuLeavesNothing(String mode) throws Exception {
        var target = start();
        dump(target);
        var killed = directory.resolve("killed");
        var action = script("kill-criu", """
                #!/bin/sh
                [ "$CRTOOLS_SCRIPT_ACTION" = post-restore ] || exit 0
                : >"%s"
                kill -s KILL $PPID
                """.formatted(killed));
        var criu = script("killed-criu", """
                #!/bin/sh
                case "$*" in *--version*) exec %1$s "$@" ;; esac
                first=$1
                shift
                if [ "$first" = swrk ]; then exec %1$s swrk "$@" --action-script "%2$s"; fi
                exec %1$s "$first" --action-script "%2$s" "$@"
                """.formatted(criu(), action));
        var request = mode(mode, request(image())).build();
        assertThrows(EngineException.class, () -> restoreWith(criu, request));
        assertTrue(Files.exists(killed), "CRIU was killed");
        assertNothingRuns();
        awaitFreePid(target);
        assertEquals("RESTORED", restored(target).answer());
    }

    private static RestoreRequest.Builder mode(String mode, RestoreRequest.Builder request) {
        return switch (mode) {
            case "child" -> request.child(true);
            case "namespace" -> request.pidNamespace(PidNamespace.ALWAYS);
            default -> request;
        };
    }

    private void assertNothingRuns() {
        Await.until(
                "the end of what the restore began: " + Processes.mentioning(directory.toString()),
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    /** A criu that says its version and then nothing more. Its processes can be told by the test's directory. */
    private Path hangingCriu() throws IOException, EngineException {
        var sleep = Stream.of("/bin/sleep", "/usr/bin/sleep").map(Path::of).filter(Files::exists);
        Files.createSymbolicLink(hanging(), sleep.findFirst().orElseThrow());
        return script("hanging-criu", """
                #!/bin/sh
                case "$*" in *--version*) exec %s "$@" ;; esac
                "%s" 1000 &
                "%s" 1000
                """.formatted(criu(), hanging(), hanging()));
    }

    private Path hanging() {
        return directory.resolve("sleep");
    }
}
