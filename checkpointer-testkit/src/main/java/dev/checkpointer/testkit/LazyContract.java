package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.MachineDifference;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The part of the contract that is about programs that run before their memory is there.
 *
 * @since 0.1.0
 */
public abstract class LazyContract extends SafetyContract {
    private static final long MEMORY_SECONDS = 60;

    /** For {@link RestoreContract}. */
    LazyContract() {}

    private RestoreRequest.Builder lazy() {
        return request(image()).lazy(true);
    }

    private static void awaitMemory(RestoredProcess process) throws Exception {
        process.memory().orElseThrow().get(MEMORY_SECONDS, TimeUnit.SECONDS);
    }

    private List<String> daemons() {
        return Processes.mentioning("lazy-pages --images-dir " + image());
    }

    @Test
    void everyPageOfALazyRestoreIsThere() throws Exception {
        var target = start(Map.of("-Xmx", "450m"));
        var sum = target.ask("fill 300");
        target.ask("connect");
        target.endWith("checkpoint image=" + image() + " tcp=CLOSE");
        awaitFreePid(target);
        var process = Checkpointer.restore(lazy().build());
        var restored = answered(kept(target.restored(process)));
        assertEquals(sum, restored.ask("sum"));
        awaitMemory(process);
        assertEquals(List.of(), daemons());
        assertEquals(sum, restored.ask("sum"));
        assertEquals("ok", restored.ask("advance"));
    }

    @Test
    void lazyClonesRunBesideEachOther() throws Exception {
        var target = start();
        var sum = target.ask("fill 30");
        dump(target);
        var processes = new ArrayList<RestoredProcess>();
        for (int clone = 0; clone < 2; clone++) {
            var process = Checkpointer.restore(
                    lazy().pidNamespace(PidNamespace.ALWAYS).build());
            var restored = answered(kept(target.restored(process)));
            assertEquals(sum, restored.ask("sum"));
            processes.add(process);
            deleteMailbox(1);
        }
        for (var process : processes) {
            awaitMemory(process);
        }
        assertEquals(List.of(), daemons());
    }

    @ParameterizedTest
    @ValueSource(strings = {"detached", "child"})
    void programWhoseMemoryIsLostIsEnded(String mode) throws Exception {
        var target = start();
        target.ask("fill 30");
        dump(target);
        var daemon = new StoppedDaemon(directory);
        var process = restoreWith(
                daemon.criu(criu()), lazy().child(mode.equals("child")).build());
        kept(target.restored(process));
        var work = daemon.workDirectory();
        daemon.awaitHold();
        assertFalse(process.memory().orElseThrow().isDone());
        Processes.end(daemon.pid());
        var failure = assertThrows(ExecutionException.class, () -> awaitMemory(process));
        var cause = assertInstanceOf(EngineException.class, failure.getCause());
        assertEquals(FailureKind.KILLED, cause.kind());
        assertTrue(cause.getMessage().contains("criu lazy-pages died"), cause::getMessage);
        assertEquals(work.resolve("lazy-pages.log"), cause.log().orElseThrow());
        Processes.awaitEnd(process.pid());
        if (mode.equals("child")) {
            assertEquals(137, process.exitStatus().orElseThrow().get(MEMORY_SECONDS, TimeUnit.SECONDS));
        } else {
            var said = Files.readString(directory.resolve("restored.txt"));
            assertTrue(said.contains("the memory of process " + process.pid()), said);
        }
        assertFalse(crashed(), "the program saw no memory that was lost");
        assertEquals(List.of("lazy-pages.log"), List.of(work.toFile().list()));
        Files.delete(work.resolve("lazy-pages.log"));
        Files.delete(work);
    }

    @Test
    void programMayEndBeforeItsMemoryIsThere() throws Exception {
        var target = start();
        target.ask("fill 30");
        dump(target);
        var daemon = new StoppedDaemon(directory);
        var process = restoreWith(daemon.criu(criu()), lazy().build());
        var work = daemon.workDirectory();
        Processes.end(process.pid());
        awaitFreePid(target);
        daemon.goOn();
        awaitMemory(process);
        assertFalse(Files.exists(work), work::toString);
        assertEquals(List.of(), daemons());
    }

    @Test
    void failedLazyRestoreLeavesNothing() throws Exception {
        var file = Files.writeString(directory.resolve("open.txt"), "one\ntwo\n");
        var target = start();
        target.ask("open " + file);
        dump(target);
        Files.delete(file);
        var exception = assertThrows(
                EngineException.class,
                () -> Checkpointer.restore(
                        lazy().ignore(MachineDifference.FILES).build()));
        assertEquals(FailureKind.FILE_CHANGED, exception.kind(), exception::getMessage);
        assertEquals(List.of(), daemons());
    }

    @Test
    void lazyRestoreIsRefusedByNameWithoutUserfaultfd() throws Exception {
        var target = start();
        dump(target);
        var criu = script("criu-without-userfaultfd", """
                #!/bin/sh
                case "$1" in lazy-pages | check) exit 1 ;; esac
                exec %s "$@"
                """.formatted(criu()));
        var request = lazy().build();
        var exception = assertThrows(EngineException.class, () -> restoreWith(criu, request));
        assertEquals(FailureKind.IMAGE_REFUSED, exception.kind(), exception::getMessage);
        assertTrue(exception.getMessage().contains("userfaultfd is missing"), exception::getMessage);
        assertTrue(exception.remedy().contains("CONFIG_USERFAULTFD"), exception::remedy);
        var eager = restore(image());
        answered(kept(target.restored(eager)));
        assertEquals(Optional.empty(), eager.memory());
    }

    private boolean crashed() {
        return directory.toFile().list((parent, name) -> name.startsWith("hs_err")).length > 0;
    }
}
