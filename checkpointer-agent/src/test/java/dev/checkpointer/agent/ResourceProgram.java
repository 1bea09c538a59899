package dev.checkpointer.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Has one resource, which does what the file says whose name is the argument: throw, hang or exit at a notification. */
public final class ResourceProgram implements Resource {
    private final Path behaviour;
    private volatile boolean stopped;
    private FileChannel locked;

    private ResourceProgram(Path behaviour) {
        this.behaviour = behaviour;
    }

    public static void main(String[] arguments) throws Exception {
        var program = new ResourceProgram(Path.of(arguments[0]));
        Core.getGlobalContext().register(program);
        System.out.println("ready");
        program.serve();
    }

    /** The program's last thread ends before a checkpoint, as a server's may. */
    private void serve() throws Exception {
        while (!behaviour().equals("end") && !stopped) {
            Thread.sleep(20);
        }
    }

    private void run() {
        try {
            serve();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void stop() throws InterruptedException {
        stopped = true;
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("main") || thread.getName().equals("server")) {
                thread.join();
            }
        }
    }

    private void lock() throws IOException {
        locked = FileChannel.open(
                behaviour.resolveSibling("locked"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        locked.lock();
    }

    private String behaviour() throws Exception {
        return Files.exists(behaviour) ? Files.readString(behaviour) : "";
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
        System.out.println("before");
        switch (behaviour()) {
            case "throw-before" -> throw new IllegalStateException("no dump\nnow", new Exception("the reason"));
            case "hang-before" -> Thread.sleep(600_000);
            case "exit-before" -> System.exit(7);
            case "stop-before" -> stop();
            case "lock-before" -> lock();
            default -> {}
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws Exception {
        System.out.println("after");
        if (locked != null) {
            locked.close();
            locked = null;
        }
        if (stopped) {
            stopped = false;
            new Thread(this::run, "server").start();
        }
        if (behaviour().equals("throw-after")) {
            throw new IllegalStateException("cannot wake up");
        }
    }
}
