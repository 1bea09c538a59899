package dev.checkpointer.criu.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.FakeWorker;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A worker that does not do as it should: each fault has its own end, before the deadline, and leaves nothing. */
class FakeWorkerTest {
    private static final Duration SHORT = Duration.ofMillis(700);

    @TempDir
    Path directory;

    private final CriuRpcEngine engine = new CriuRpcEngine();

    /** What is asked of the worker. */
    enum Conversation {
        SELF_DUMP,
        OTHER_DUMP,
        RESTORE
    }

    private record Leftovers(long descriptors, List<String> threads, long children) {
        static Leftovers count() throws IOException {
            try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
                var threads = Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("checkpointer"))
                        .toList();
                return new Leftovers(
                        descriptors.count(),
                        threads,
                        ProcessHandle.current().children().count());
            }
        }
    }

    /** The first conversation loads classes and libraries, which stay open. */
    @BeforeEach
    void warmUp() throws Exception {
        converse(FakeWorker.FAILURE, Conversation.OTHER_DUMP, Duration.ofSeconds(30));
    }

    @AfterEach
    void forgetTheFake() {
        System.clearProperty("checkpointer.criu");
    }

    static Stream<Arguments> faults() {
        var faults = List.of(
                Arguments.of(FakeWorker.END_OF_FILE, FailureKind.OTHER, "ended with status 0"),
                Arguments.of(FakeWorker.HALF_MESSAGE, FailureKind.OTHER, "a message that cannot be read"),
                Arguments.of(FakeWorker.LARGE_MESSAGE, FailureKind.OTHER, "first line"),
                Arguments.of(FakeWorker.UNKNOWN_STAGE, FailureKind.OTHER, "the stage was acknowledged"),
                Arguments.of(FakeWorker.WRONG_TYPE, FailureKind.OTHER, "CRIU answered VERSION to the request"),
                Arguments.of(FakeWorker.UNKNOWN_REQUEST, FailureKind.OTHER, "does not know the request"),
                Arguments.of(FakeWorker.FAILURE, FailureKind.OTHER, "failed"),
                Arguments.of(FakeWorker.FAILURE_WITH_MESSAGE, FailureKind.OTHER, "something broke"),
                Arguments.of(FakeWorker.SILENCE, FailureKind.TIMEOUT, "0.700 s"));
        return Stream.of(Conversation.values())
                .flatMap(conversation -> faults.stream()
                        .map(fault -> Arguments.of(fault.get()[0], conversation, fault.get()[1], fault.get()[2])));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void everyFaultHasItsOwnEndAndLeavesNothing(
            FakeWorker fault, Conversation conversation, FailureKind kind, String message) throws Exception {
        boolean root = Files.isWritable(Path.of("/proc/1/oom_score_adj"));
        assumeTrue(root || fault != FakeWorker.LARGE_MESSAGE, "a message of 1 MiB needs root");
        // A command that told its version may not yet have been waited for.
        Await.until("no children", () -> count().children() == 0);
        var before = count();
        var timeout = fault == FakeWorker.SILENCE ? SHORT : Duration.ofSeconds(60);
        var failure = converse(fault, conversation, timeout);
        boolean statusUnknown = fault == FakeWorker.END_OF_FILE && conversation != Conversation.OTHER_DUMP;
        if (statusUnknown) {
            assertTrue(failure.getMessage().contains("CRIU was killed"), failure::getMessage);
        } else {
            assertEquals(kind, failure.kind(), failure::getMessage);
            assertTrue(failure.getMessage().contains(message), failure::getMessage);
        }
        assertTrue(failure.getMessage().length() < 1024, "a large message is cut");
        Await.until("nothing left of " + before, () -> before.equals(count()));
        Await.until(
                "the end of the worker",
                () -> Processes.mentioning(directory + "/fake-worker.pl").isEmpty());
    }

    private static Leftovers count() {
        try {
            return Leftovers.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private EngineException converse(FakeWorker fault, Conversation conversation, Duration timeout) throws IOException {
        System.setProperty("checkpointer.criu", fault.command(directory).toString());
        return assertThrows(EngineException.class, () -> {
            switch (conversation) {
                case SELF_DUMP -> engine.checkpoint(dump(timeout).build());
                case OTHER_DUMP ->
                    engine.checkpoint(
                            dump(timeout).pid(ProcessHandle.current().pid()).build());
                case RESTORE ->
                    engine.restore(
                            RestoreRequest.builder(image()).timeout(timeout).build());
            }
        });
    }

    private CheckpointRequest.Builder dump(Duration timeout) throws IOException {
        var staging = Files.createDirectories(directory.resolve("dump"));
        return CheckpointRequest.builder().imageDirectory(staging).timeout(timeout);
    }

    /** An image that passes for one until CRIU reads it. */
    private Path image() throws IOException {
        var image = Files.createDirectories(directory.resolve("image"));
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(image.resolve("manifest"), "format=1\npid=999999998\n");
        return image;
    }
}
