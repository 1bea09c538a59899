package dev.checkpointer.criu.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.rpc.protocol.CriuOptions;
import dev.checkpointer.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The requests that are no dump or restore, put to the real CRIU. */
class CriuClientTest {
    private static final LibC LIBC = LibC.load();

    @TempDir
    Path directory;

    private final CriuCommand criu;

    CriuClientTest() throws Exception {
        criu = CriuCommand.find();
    }

    private interface Conversation {
        void with(CriuClient client) throws Exception;
    }

    private void converse(Conversation conversation) throws Exception {
        var worker = new Worker(LIBC, List.of(criu.path().toString(), "swrk", Worker.SOCKET))
                .open(1, directory.resolve("output.txt"), LibC.O_WRONLY | LibC.O_CREAT | LibC.O_APPEND)
                .open(2, directory.resolve("output.txt"), LibC.O_WRONLY | LibC.O_CREAT | LibC.O_APPEND);
        var transport = new WorkerTransport(LIBC);
        var link = transport.reach(worker, false, true);
        try (link) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            conversation.with(new CriuClient(link.connection(), deadline, Optional.empty()));
        }
        new Children(LIBC).await(link.child().orElseThrow(), 30);
    }

    private CriuOptions.Builder options() {
        return CriuOptions.newBuilder()
                .setImagesDirFd(-1)
                .setImagesDir(directory.toString())
                .setLogFile("criu.log")
                .setLogLevel(2);
    }

    @Test
    void oneWorkerTellsItsVersionAndItsFeatures() throws Exception {
        converse(client -> {
            assertEquals(criu.version(), client.version());
            assertTrue(client.features().getPidfdStore());
            assertEquals(criu.version(), client.version(), "the connection stays");
        });
    }

    @Test
    void checkTellsWhetherTheKernelFits() throws Exception {
        converse(client -> {
            var answer = client.check(options().build());
            assertTrue(answer.getSuccess() || !answer.getCrErrmsg().isEmpty(), answer::toString);
        });
    }

    @Test
    void nobodyElsesChildIsWaitedFor() throws Exception {
        converse(client -> assertFalse(client.waitPid(1).getSuccess()));
    }

    @Test
    void preDumpCopiesTheMemoryOrSaysThatTheKernelCannotTrackIt() throws Exception {
        var sleep = new ProcessBuilder("setsid", "sleep", "1008").start();
        try {
            Await.until("sleep", () -> sleep.info().command().orElse("").endsWith("/sleep"));
            converse(client -> {
                boolean tracked = client.features().getMemTrack();
                var options =
                        options().setPid((int) sleep.pid()).setTrackMem(true).build();
                var answer = client.preDump(options);
                assertEquals(tracked, answer.getSuccess(), answer::toString);
                assertTrue(sleep.isAlive());
                var log = Files.readString(directory.resolve("criu.log"));
                assertEquals(tracked, !log.contains("Tracking memory is not available"), log);
            });
        } finally {
            sleep.destroyForcibly().waitFor();
        }
    }
}
