package dev.checkpointer.benchmarks.program;

import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.crac.CheckpointException;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.crac.RestoreException;

/**
 * A program that holds as much as it is told, and answers over HTTP at the port of the system property {@code port}, which a
 * restore may change. {@code GET /value} gives what was drawn when it started, {@code GET /times} how long the first to the last
 * of its resources were notified, in nanoseconds, and {@code POST /checkpoint} asks for its image.
 */
public final class LoadProgram implements Resource {
    private static final int ARRAY = 64 * 1024;
    private static final int BACKLOG = 50;

    /** A quarter of each array does not compress, the rest is what numbers and references look like. */
    private static final int RANDOM = ARRAY / 4;

    private final String value = UUID.randomUUID().toString();
    private final List<Object> held = new ArrayList<>();
    private final Clock first = new Clock();
    private final Clock last = new Clock();
    private volatile ServerSocket server;

    private LoadProgram() {}

    /**
     * Starts.
     *
     * @param arguments mebibytes of live heap, threads, open files, resources, and a file to open
     * @throws Exception when it cannot hold that
     */
    public static void main(String[] arguments) throws Exception {
        var program = new LoadProgram();
        program.fill(Integer.parseInt(arguments[0]));
        program.startThreads(Integer.parseInt(arguments[1]));
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            program.held.add(new FileInputStream(arguments[4]));
        }
        program.register(Integer.parseInt(arguments[3]));
        program.listen();
    }

    private void fill(int mebibytes) {
        var random = new SplittableRandom(1);
        var noise = new byte[RANDOM];
        for (int i = 0; i < mebibytes * (1024 * 1024 / ARRAY); i++) {
            var array = new byte[ARRAY];
            random.nextBytes(noise);
            System.arraycopy(noise, 0, array, 0, RANDOM);
            for (int j = RANDOM; j < ARRAY; j += 8) {
                array[j] = (byte) i;
                array[j + 1] = (byte) j;
            }
            held.add(array);
        }
    }

    private void startThreads(int count) throws InterruptedException {
        var started = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            var thread = new Thread(
                    () -> {
                        started.countDown();
                        while (true) {
                            LockSupport.park();
                        }
                    },
                    "load-" + i);
            thread.setDaemon(true);
            thread.start();
        }
        started.await();
    }

    /** The program itself comes last, so that it answers when all others were notified. */
    private void register(int count) {
        var context = Core.getGlobalContext();
        context.register(first);
        for (int i = 0; i < count; i++) {
            var resource = new Clock();
            held.add(resource);
            context.register(resource);
        }
        context.register(last);
        context.register(this);
    }

    /** Notes when it was notified. */
    private static final class Clock implements Resource {
        private long before;
        private long after;

        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) {
            before = System.nanoTime();
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) {
            after = System.nanoTime();
        }
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws IOException {
        server.close();
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws IOException {
        listen();
    }

    private void listen() throws IOException {
        var socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.getInteger("port")), BACKLOG);
        server = socket;
        new Thread(() -> serve(socket), "server").start();
    }

    private void serve(ServerSocket listening) {
        while (true) {
            try (var socket = listening.accept()) {
                answer(socket);
            } catch (IOException e) {
                if (listening.isClosed()) {
                    return;
                }
            }
        }
    }

    private void answer(Socket socket) throws IOException {
        var in = socket.getInputStream();
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return;
            }
            head.append((char) next);
        }
        boolean checkpoint = head.indexOf("POST /checkpoint ") == 0;
        var body = checkpoint ? "follows" : head.indexOf("GET /times ") == 0 ? times() : value;
        var text = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        if (checkpoint) {
            in.read(); // until the client has closed its end
            socket.close();
            new Thread(LoadProgram::checkpoint, "checkpoint").start();
        }
    }

    private String times() {
        return first.before - last.before + " " + (last.after - first.after);
    }

    private static void checkpoint() {
        try {
            Core.checkpointRestore();
        } catch (CheckpointException | RestoreException | UnsupportedOperationException e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
