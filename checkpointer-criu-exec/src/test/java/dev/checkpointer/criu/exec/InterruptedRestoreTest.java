package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Restores that are interrupted now and then, with a CRIU that works. */
class InterruptedRestoreTest extends LauncherFixture {
    private static final int LONGEST_MILLIS = 120;
    private static final int STEP_MILLIS = 10;

    @ParameterizedTest
    @ValueSource(strings = {"detached", "child", "namespace"})
    void nothingIsLeftWheneverTheInterruptionComes(String mode) throws Exception {
        Processes.run(List.of("mkfifo", file("fifo").toString()));
        var request = RestoreRequest.builder(image)
                .engine("criu-exec")
                .child(mode.equals("child"))
                .pidNamespace(mode.equals("namespace") ? PidNamespace.ALWAYS : PidNamespace.AUTO)
                .input(Redirect.from(file("fifo")))
                .build();
        // The program waits for input as long as the pipe is open for writing.
        var writer = new RandomAccessFile(file("fifo"), "rw");
        try {
            for (int millis = 0; millis <= LONGEST_MILLIS; millis += STEP_MILLIS) {
                interruptAfter(millis, request);
                Await.until(
                        "the end of what the restore began, after " + millis + " ms",
                        () -> Processes.mentioning(directory.toString()).isEmpty());
            }
        } finally {
            writer.close();
        }
    }

    private static void interruptAfter(int millis, RestoreRequest request) throws Exception {
        var restore = new FutureTask<>(() -> Checkpointer.restore(request));
        var thread = new Thread(restore);
        thread.start();
        Thread.sleep(millis);
        thread.interrupt();
        try {
            Processes.end(restore.get().pid()); // it was quicker
        } catch (ExecutionException e) {
            var exception = assertInstanceOf(EngineException.class, e.getCause());
            assertEquals(FailureKind.INTERRUPTED, exception.kind(), exception::getMessage);
        }
    }
}
