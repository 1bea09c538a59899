package dev.checkpointer.criu.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who listens hears of every stage, and can stop a dump or restore. */
class StageListenerTest {
    @TempDir
    Path directory;

    private final List<String> stages = new ArrayList<>();
    private Target target;

    @BeforeEach
    void start() throws IOException {
        var jdk = Jdk.all().findFirst().orElseThrow();
        target = Target.start(jdk, directory, Map.of("java.io.tmpdir", directory.toString()));
        target.ask("count");
    }

    @AfterEach
    void end() {
        target.close();
        assertEquals(List.of(), Processes.mentioning(directory.toString()));
    }

    private CheckpointRequest.Builder dump() {
        return CheckpointRequest.builder()
                .engine("criu-rpc")
                .pid(target.pid())
                .imageDirectory(directory.resolve("image"));
    }

    private RestoreRequest.Builder restore() {
        return RestoreRequest.builder(directory.resolve("image")).engine("criu-rpc");
    }

    @Test
    void stagesOfADumpAndARestoreAreTold() throws Exception {
        Checkpointer.checkpoint(
                dump().listener((stage, pid) -> stages.add(stage)).build());
        assertTrue(stages.indexOf("pre-dump") >= 0 && stages.contains("post-dump"), stages::toString);
        Processes.awaitEnd(target.pid());
        stages.clear();

        var pids = new ArrayList<Long>();
        var process = Checkpointer.restore(restore()
                .listener((stage, pid) -> {
                    stages.add(stage);
                    pid.ifPresent(pids::add);
                })
                .build());
        target = target.restoredUnaware(process);
        assertTrue(stages.indexOf("pre-restore") >= 0, stages::toString);
        assertTrue(stages.indexOf("pre-restore") < stages.indexOf("post-restore"), stages::toString);
        assertTrue(stages.indexOf("post-restore") < stages.indexOf("post-resume"), stages::toString);
        assertTrue(pids.contains(process.pid()), pids::toString);
        assertEquals("2", target.ask("count"));
    }

    @Test
    void listenerThatThrowsStopsTheDumpAndTheProgramGoesOn() throws Exception {
        var request = dump().listener((stage, pid) -> {
            throw new IOException("no " + stage + " today");
        });
        var e = assertThrows(Exception.class, () -> Checkpointer.checkpoint(request.build()));
        var cause = (EngineException) e.getSuppressed()[0];
        assertTrue(cause.getMessage().contains("the listener stopped the dump"), cause::getMessage);
        assertEquals("no pre-dump today", cause.getCause().getMessage());
        assertFalse(Files.exists(directory.resolve("image/manifest")));
        assertEquals("2", target.ask("count"));
    }

    @ParameterizedTest
    @CsvSource({"pre-restore, false", "post-restore, false", "post-resume, false", "post-resume, true"})
    void listenerThatThrowsStopsTheRestoreAndNothingIsLeft(String last, boolean child) throws Exception {
        Checkpointer.checkpoint(dump().build());
        Processes.awaitEnd(target.pid());
        var request = restore().child(child).listener((stage, pid) -> {
            if (stage.equals(last)) {
                throw new IOException("no further than " + stage);
            }
        });
        var e = assertThrows(EngineException.class, () -> Checkpointer.restore(request.build()));
        assertTrue(e.getMessage().contains("the listener stopped the restore"), e::getMessage);
        assertTrue(e.getMessage().contains("no further than " + last), e::getMessage);
        Await.until(
                "the end of what was restored",
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    @Test
    void jvmThatDumpsItselfCannotListen() {
        var request = CheckpointRequest.builder()
                .imageDirectory(directory)
                .listener((stage, pid) -> stages.add(stage))
                .build();
        var e = assertThrows(EngineException.class, () -> new CriuRpcEngine().checkpoint(request));
        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("cannot listen"), e::getMessage);
    }
}
