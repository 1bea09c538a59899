package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.PidNamespace;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A worker that does not do as it should: each fault has its end, before the deadline, and leaves nothing. */
class FakeWorkerTest {
    private static final Duration SHORT = Duration.ofMillis(700);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final LibCriuEngine engine = new LibCriuEngine();

    /** What is asked of the worker. */
    enum Conversation {
        SELF_DUMP,
        OTHER_DUMP,
        RESTORE,
        RESTORE_CHILD,
        RESTORE_INTO_NAMESPACE
    }

    private record Leftovers(long descriptors, List<String> threads, long children) {
        static Leftovers count() {
            try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
                var threads = Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("checkpointer"))
                        .toList();
                long children = ProcessHandle.current().children().count();
                return new Leftovers(descriptors.count(), threads, children);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The first conversation loads classes and libraries, which stay open. */
    @BeforeEach
    void warmUp() throws Exception {
        converse(FakeWorker.FAILURE, Conversation.OTHER_DUMP, LONG);
        Await.until("the end of its thread", () -> Leftovers.count().threads().isEmpty());
    }

    @AfterEach
    void forgetTheFake() {
        System.clearProperty("checkpointer.criu");
    }

    static Stream<Arguments> faults() {
        var faults = List.of(
                Arguments.of(FakeWorker.END_OF_FILE, "CRIU was killed"),
                Arguments.of(FakeWorker.HALF_MESSAGE, "CRIU was killed"),
                Arguments.of(FakeWorker.LARGE_MESSAGE, "failed"),
                Arguments.of(FakeWorker.UNKNOWN_STAGE, "failed"),
                Arguments.of(FakeWorker.WRONG_TYPE, "gave an answer to something else"),
                Arguments.of(FakeWorker.UNKNOWN_REQUEST, "does not know the request"),
                Arguments.of(FakeWorker.FAILURE, "failed"),
                Arguments.of(FakeWorker.SILENCE, "0.700 s"));
        return Stream.of(Conversation.values())
                .flatMap(conversation ->
                        faults.stream().map(fault -> Arguments.of(fault.get()[0], conversation, fault.get()[1])));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void everyFaultHasItsEndAndLeavesNothing(FakeWorker fault, Conversation conversation, String message)
            throws Exception {
        boolean root = Files.isWritable(Path.of("/proc/1/oom_score_adj"));
        assumeTrue(root || fault != FakeWorker.LARGE_MESSAGE, "a message of 1 MiB needs root");
        assumeTrue(root || conversation != Conversation.RESTORE_INTO_NAMESPACE, "a PID namespace needs root");
        // A command that told its version may not yet have been waited for.
        Await.until(
                "no children",
                () -> ProcessHandle.current().children().findAny().isEmpty());
        var before = Leftovers.count();
        var failure = converse(fault, conversation, fault == FakeWorker.SILENCE ? SHORT : LONG);
        assertTrue(failure.getMessage().contains(message), failure::getMessage);
        assertEquals(fault == FakeWorker.SILENCE, failure.kind() == FailureKind.TIMEOUT, failure::getMessage);
        assertNothingIsLeft(before);
    }

    private void assertNothingIsLeft(Leftovers before) {
        Await.until("nothing left of " + before, () -> before.equals(Leftovers.count()));
        Await.until(
                "the end of the worker",
                () -> Processes.mentioning(directory + "/fake-worker.pl").isEmpty());
    }

    @ParameterizedTest
    @EnumSource(names = {"OTHER_DUMP", "RESTORE", "RESTORE_CHILD"})
    void interruptionEndsTheWorker(Conversation conversation) throws Exception {
        // A command that told its version may not yet have been waited for.
        Await.until(
                "no children",
                () -> ProcessHandle.current().children().findAny().isEmpty());
        var before = Leftovers.count();
        var failure = new CompletableFuture<EngineException>();
        var thread = new Thread(() -> failure.complete(converse(FakeWorker.SILENCE, conversation, LONG)));
        thread.start();
        Await.until(
                "the worker",
                () -> !Processes.mentioning("perl " + directory + "/fake-worker.pl silence")
                        .isEmpty());
        thread.interrupt();
        assertEquals(FailureKind.INTERRUPTED, failure.get(60, TimeUnit.SECONDS).kind());
        thread.join();
        assertNothingIsLeft(before);
    }

    private EngineException converse(FakeWorker fault, Conversation conversation, Duration timeout) {
        try {
            System.setProperty("checkpointer.criu", fault.command(directory).toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return assertThrows(EngineException.class, () -> {
            switch (conversation) {
                case SELF_DUMP -> engine.checkpoint(dump(timeout).build());
                case OTHER_DUMP ->
                    engine.checkpoint(
                            dump(timeout).pid(ProcessHandle.current().pid()).build());
                case RESTORE -> engine.restore(restore(timeout).build());
                case RESTORE_CHILD ->
                    engine.restore(restore(timeout).child(true).build());
                case RESTORE_INTO_NAMESPACE ->
                    engine.restore(
                            restore(timeout).pidNamespace(PidNamespace.ALWAYS).build());
            }
        });
    }

    private CheckpointRequest.Builder dump(Duration timeout) throws IOException {
        var staging = Files.createDirectories(directory.resolve("dump"));
        return CheckpointRequest.builder().imageDirectory(staging).timeout(timeout);
    }

    /** An image that passes for one until CRIU reads it. */
    private RestoreRequest.Builder restore(Duration timeout) throws IOException {
        var image = Files.createDirectories(directory.resolve("image"));
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(image.resolve("manifest"), "format=1\npid=999999998\n");
        return RestoreRequest.builder(image).timeout(timeout).pidNamespace(PidNamespace.NEVER);
    }
}
