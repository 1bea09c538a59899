package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who listens hears of every stage, and can stop a dump or restore. */
class StageListenerTest extends DumpedTarget {
    private final List<String> stages = new ArrayList<>();

    private static void assertOrder(List<String> expected, List<String> stages) {
        var heard = stages.stream().filter(expected::contains).distinct(); // a restore may be tried again
        assertEquals(expected, heard.toList(), stages::toString);
    }

    @Test
    void stagesOfADumpAreTold() throws Exception {
        Checkpointer.checkpoint(
                dump().listener((stage, pid) -> stages.add(stage)).build());
        assertOrder(List.of("pre-dump", "post-dump"), stages);
    }

    @ParameterizedTest
    @CsvSource({"false, NEVER", "true, NEVER", "false, ALWAYS"})
    void stagesOfARestoreAreToldWithThePid(boolean child, PidNamespace namespace) throws Exception {
        dumpTarget();
        var pids = new ArrayList<Long>();
        var process = Checkpointer.restore(restore()
                .child(child)
                .pidNamespace(namespace)
                .listener((stage, pid) -> {
                    stages.add(stage);
                    pid.ifPresent(pids::add);
                })
                .build());
        target = target.restoredUnaware(process);
        assertOrder(List.of("pre-restore", "post-restore", "pre-resume", "post-resume"), stages);
        assertEquals(List.of(process.pid()), pids.stream().distinct().toList());
        assertEquals("2", target.ask("count"));
    }

    @ParameterizedTest
    @CsvSource({
        "pre-restore, false, NEVER",
        "post-restore, false, NEVER",
        "pre-resume, false, NEVER",
        "post-resume, false, NEVER",
        "pre-restore, true, NEVER",
        "post-resume, true, NEVER",
        "pre-restore, false, ALWAYS",
        "post-resume, false, ALWAYS"
    })
    void listenerThatThrowsStopsTheRestoreAndNothingIsLeft(String when, boolean child, PidNamespace namespace)
            throws Exception {
        dumpTarget();
        var request = restore()
                .child(child)
                .pidNamespace(namespace)
                .listener((stage, pid) -> {
                    if (stage.equals(when)) {
                        throw new IOException("no " + stage + " today");
                    }
                })
                .build();
        var e = assertThrows(EngineException.class, () -> Checkpointer.restore(request));
        assertTrue(e.getMessage().contains("the listener stopped the restore"), e::getMessage);
        assertEquals("no " + when + " today", e.getCause().getMessage());
        assertNothingRuns();
    }

    @ParameterizedTest
    @CsvSource({"pre-dump", "post-dump"})
    void listenerThatThrowsStopsTheDumpAndTheProgramGoesOn(String when) throws Exception {
        var request = dump().listener((stage, pid) -> {
            if (stage.equals(when)) {
                throw new IOException("no " + stage + " today");
            }
        });
        var e = assertThrows(Exception.class, () -> Checkpointer.checkpoint(request.build()));
        var cause = (EngineException) e.getSuppressed()[0];
        assertTrue(cause.getMessage().contains("the listener stopped the dump"), cause::getMessage);
        assertEquals("no " + when + " today", cause.getCause().getMessage());
        assertFalse(Files.exists(directory.resolve("image/manifest")));
        assertEquals("2", target.ask("count"));
    }

    @Test
    void jvmThatDumpsItselfCannotListen() {
        var request = CheckpointRequest.builder()
                .imageDirectory(directory)
                .listener((stage, pid) -> stages.add(stage))
                .build();
        var e = assertThrows(EngineException.class, () -> new LibCriuEngine().checkpoint(request));
        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("cannot listen"), e::getMessage);
        assertEquals(List.of(), stages);
    }
}
