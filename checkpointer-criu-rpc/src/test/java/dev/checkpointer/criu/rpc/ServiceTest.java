package dev.checkpointer.criu.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.EngineFeature;
import dev.checkpointer.engine.EngineProbe;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.OrdinaryUser;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.RestoreProgram;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A running {@code criu service} does the work. */
class ServiceTest {
    @TempDir
    Path directory;

    private final CriuRpcEngine engine = new CriuRpcEngine();
    private final List<Target> targets = new ArrayList<>();
    private CriuCommand criu;
    private Path socket;
    private Process service;

    @BeforeEach
    void startService() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "a service needs root");
        criu = CriuCommand.find();
        socket = directory.resolve("criu.socket");
        serve(new ProcessBuilder(criu.path().toString(), "service", "--address", socket.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("service.txt").toFile()));
    }

    private void serve(ProcessBuilder builder) throws IOException {
        service = builder.start();
        Await.until("the service's socket", this::listening);
        System.setProperty("checkpointer.rpc.service", socket.toString());
    }

    /** The file is there before anybody can connect to it. */
    private boolean listening() {
        try (var sockets = Files.lines(Path.of("/proc/net/unix"))) {
            return sockets.anyMatch(line -> line.contains(" 00010000 ") && line.endsWith(" " + socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void endService() throws Exception {
        System.clearProperty("checkpointer.rpc.service");
        targets.forEach(Target::close);
        if (service != null) {
            service.destroy();
            service.waitFor();
        }
        Await.until(
                "the end of all",
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    private Target start() throws IOException {
        var target = Target.start(
                Jdk.all().findFirst().orElseThrow(),
                directory,
                Map.of(
                        "java.io.tmpdir",
                        directory.toString(),
                        "checkpointer.engine",
                        "criu-rpc",
                        "checkpointer.rpc.service",
                        socket.toString()));
        targets.add(target);
        return target;
    }

    private RestoreRequest.Builder restore() {
        return RestoreRequest.builder(directory.resolve("image"));
    }

    @Test
    void programDumpsItselfAndIsRestored() throws Exception {
        var target = start();
        target.ask("count");
        target.endWith("checkpoint image=" + directory.resolve("image"));
        assertFalse(Files.exists(directory.resolve("image/dump.conf")), "what belongs to no image");
        var restored = target.restored(engine.restore(restore().build()));
        targets.add(restored);
        assertEquals("RESTORED", restored.answer());
        assertEquals("2", restored.ask("count"));
    }

    /** The service knows nothing of the deadline, and must not run a program later of which nobody hears. */
    @Test
    void nothingRunsAfterTheDeadline() throws Exception {
        var target = start();
        target.endWith("checkpoint image=" + directory.resolve("image"));
        service.destroy();
        service.waitFor();
        Files.delete(socket);
        var hold = Files.createFile(directory.resolve("hold"));
        var script = Files.writeString(
                directory.resolve("slow"),
                "#!/bin/sh\n[ \"$CRTOOLS_SCRIPT_ACTION\" = pre-restore ] || exit 0\nwhile [ -e \"" + hold
                        + "\" ]; do sleep 0.1; done\n");
        assertTrue(script.toFile().setExecutable(true));
        serve(new ProcessBuilder(
                        criu.path().toString(),
                        "service",
                        "--address",
                        socket.toString(),
                        "--action-script",
                        script.toString())
                .directory(directory.toFile()));
        var request = restore().timeout(Duration.ofSeconds(3)).build();
        var e = assertThrows(EngineException.class, () -> engine.restore(request));
        assertEquals(FailureKind.TIMEOUT, e.kind(), e::getMessage);
        var log = e.log().orElseThrow();
        Files.delete(hold);
        Await.until("the end of the restore", () -> read(log).contains("Can't send response"));
        Await.until(
                "the program's end",
                () -> Processes.mentioning(directory.resolve("mailbox").toString())
                        .isEmpty());
    }

    @Test
    void programIsLeftRunning() throws Exception {
        var target = start();
        assertEquals("CONTINUED", target.ask("checkpoint leave-running=true image=" + directory.resolve("image")));
        assertEquals("ok", target.ask("advance"));
    }

    @Test
    void serviceOfAUserServesItsProgramsWithoutRights() throws Exception {
        var obstacle = OrdinaryUser.obstacle(directory);
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElseThrow());
        endService();
        var user = new OrdinaryUser(directory);
        socket = user.home().resolve("criu.socket");
        serve(user.command(
                directory.resolve("service.txt"),
                List.of(
                        user.criu(criu.path()).toString(),
                        "--unprivileged",
                        "service",
                        "--address",
                        socket.toString())));
        var image = user.home().resolve("image");
        var options = List.of(
                "-Dcheckpointer.engine=criu-rpc",
                "-Dcheckpointer.rpc.service=" + socket,
                "-Dcheckpointer.criu=/nonexistent",
                "-Dcheckpointer.image=" + image);
        var output = directory.resolve("program.txt");
        var jdk = Jdk.all().findFirst().orElseThrow();
        runToTheEnd(user.java(jdk, output, options, StreamsProgram.class.getName(), directory.toString()));
        assertTrue(Files.exists(image.resolve("manifest")), () -> read(output));

        var said = directory.resolve("restore.txt");
        runToTheEnd(user.java(jdk, said, options, RestoreProgram.class.getName(), image.toString()));
        assertTrue(read(said).startsWith("pid "), () -> read(said));
        Await.until("the program's end after the restore", () -> read(output).contains("end of input"));
    }

    private static void runToTheEnd(ProcessBuilder program) throws IOException {
        var process = program.start();
        try {
            Await.until("the end of the program", () -> !process.isAlive());
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    static Stream<RestoreRequest.Builder> whatAServiceCannotDo() {
        return Stream.of(
                RestoreRequest.builder(Path.of("image")).child(true),
                RestoreRequest.builder(Path.of("image")).pidNamespace(PidNamespace.ALWAYS),
                RestoreRequest.builder(Path.of("image")).output(Path.of("file")),
                RestoreRequest.builder(Path.of("image")).inherit("pipe:[1]", Redirect.from(new File("file"))));
    }

    @ParameterizedTest
    @MethodSource("whatAServiceCannotDo")
    void whatAServiceCannotDoIsRefusedByName(RestoreRequest.Builder request) {
        var e = assertThrows(EngineException.class, () -> engine.restore(request.build()));
        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().startsWith("a CRIU service "), e::getMessage);
    }

    @Test
    void serviceThatIsNotThereIsTold() throws Exception {
        var available = engine.probe().usable().orElseThrow();
        assertEquals(socket.toString(), available.drives());
        assertTrue(available.features().contains(EngineFeature.SERVICE));
        assertFalse(available.features().contains(EngineFeature.RESTORE_CHILD));

        service.destroy();
        service.waitFor();
        var request = CheckpointRequest.builder()
                .imageDirectory(directory.resolve("image"))
                .build();
        var e = assertThrows(EngineException.class, () -> engine.checkpoint(request));
        assertTrue(e.getMessage().contains("cannot reach the CRIU service at " + socket), e::getMessage);

        System.setProperty(
                "checkpointer.rpc.service", directory.resolve("nothing").toString());
        var answer = (EngineProbe.Unavailable) engine.probe();
        assertTrue(answer.reason().contains("which is not a socket"), answer::reason);
    }
}
