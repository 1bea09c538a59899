package dev.checkpointer.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the rules for descriptors do only with the agent, which knows the objects that descriptors belong to. */
class AgentDescriptorsTest {
    private static final List<String> ENGINES = List.of("criu-exec", "criu-rpc", "libcriu");

    @TempDir
    Path directory;

    static Stream<Arguments> enginesAndJdks() {
        return ENGINES.stream().flatMap(engine -> Jdk.all().map(jdk -> Arguments.of(engine, jdk)));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        Await.until(
                "the end of every process of the test",
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    private Target start(String engine, Jdk jdk, Map<String, String> settings) throws Exception {
        var properties = new HashMap<>(settings);
        properties.put("checkpointer.engine", engine);
        properties.put("checkpointer.control", directory.resolve("c").toString());
        properties.put("java.io.tmpdir", directory.toString());
        properties.put("-javaagent:", System.getProperty("test.agent"));
        return Target.start(jdk, directory, properties);
    }

    @ParameterizedTest
    @MethodSource("enginesAndJdks")
    void objectsAreClosedAndOpensAreTraced(String engine, Jdk jdk) throws Exception {
        var data =
                Files.writeString(directory.resolve("data.txt"), "one\ntwo\n").toRealPath();
        var policies = Files.writeString(directory.resolve("policies.yaml"), "type: device\naction: close\n");
        var settings = Map.of(
                "jdk.crac.resource-policies", policies.toString(),
                "checkpointer.descriptors", "strict",
                "checkpointer.descriptors.trace", "true");
        var image = directory.resolve("image");
        try (var target = start(engine, jdk, settings)) {
            target.ask("pipe closed");
            target.ask("open " + data);
            target.ask("connect");
            target.ask("pipe");
            var refusal = target.ask("checkpoint image=" + image);
            assertEquals(
                    6,
                    refusal.lines().filter(line -> line.contains("cannot dump")).count(),
                    refusal);
            assertTrue(refusal.contains("is the file " + data + ", and checkpointer.descriptors=strict"), refusal);
            assertTrue(refusal.contains("\n  opened by thread 'main' at 20"), refusal);
            for (var place : List.of(
                    "java.net.ServerSocket.<init>",
                    "java.net.ServerSocket.accept",
                    "java.net.Socket.<init>",
                    "java.io.RandomAccessFile.<init>",
                    "sun.nio.ch.SinkChannelImpl.<init>",
                    "testkit.TargetProgram.open(",
                    "testkit.TargetProgram.connect(",
                    "testkit.TargetProgram.pipe(")) {
                assertTrue(refusal.contains(place), place + " in " + refusal);
            }
            assertFalse(refusal.contains("not known"), refusal);

            Files.writeString(policies, """
                    type: file
                    path: %s
                    action: close
                    ---
                    type: socket
                    listening: false
                    localAddress: 127.0.0.1
                    action: close
                    warn: false
                    ---
                    type: socket
                    action: keep
                    ---
                    type: pipe
                    action: close
                    """.formatted(data));
            target.endWith("checkpoint image=" + image);
            assertTrue(target.output().contains("the file " + data + "; the action is close"), target.output());
            Files.delete(data);
            var request = RestoreRequest.builder(image).engine(engine).output(directory.resolve("restored.txt"));
            try (var restored = target.restored(Checkpointer.restore(request.build()))) {
                assertEquals("RESTORED", restored.answer());
                assertEquals("java.net.SocketException: Socket is closed", restored.ask("read"));
                assertEquals("java.io.IOException: Stream Closed", restored.ask("try read-line"));
                assertEquals("ok", restored.ask("advance"));
            }
        }
    }

    @Test
    void whatTheAgentHasNotSeenIsNotClosed() throws Exception {
        var policies =
                Files.writeString(directory.resolve("policies.yaml"), "type: descriptor\nvalue: 0\naction: close\n");
        try (var target = start(
                "criu-exec",
                Jdk.all().findFirst().orElseThrow(),
                Map.of("checkpointer.policies", policies.toString()))) {
            var refusal = target.ask("checkpoint image=" + directory.resolve("image"));
            assertTrue(
                    refusal.contains("cannot dump: descriptor 0 is a pipe, which is to be closed (" + policies
                            + ", line 1), but it belongs to no object"),
                    refusal);
            assertEquals("ok", target.ask("advance"));
        }
    }
}
