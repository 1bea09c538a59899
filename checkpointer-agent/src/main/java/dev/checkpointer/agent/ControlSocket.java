package dev.checkpointer.agent;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import jdk.net.ExtendedSocketOptions;

/**
 * The listening socket and its connections. It can be closed for the time of a dump, so that nothing of it gets into the
 * image. At rest one thread waits in {@code accept}.
 */
final class ControlSocket {
    private static final int MOST_CONNECTIONS = 32;
    private static final int BACKLOG = 64;
    private static final int MOST_NAMES = 99;
    private static final long JOIN_MILLIS = 2000;
    private static final System.Logger LOG = System.getLogger(ControlSocket.class.getName());

    private final Path directory;
    private final Map<Connection, Thread> connections = new LinkedHashMap<>();
    private BiFunction<String, Connection, Answer> commands;
    private ServerSocketChannel listener;
    private Thread acceptor;
    private boolean ended;
    private volatile Path path;

    ControlSocket(Path directory) {
        this.directory = directory;
    }

    /** Opens the socket and answers from now on. */
    void serve(BiFunction<String, Connection, Answer> answers) throws AgentException {
        if (ModuleLayer.boot().findModule("jdk.net").isEmpty()) { // it tells who a client is
            throw new AgentException("the program lacks the module jdk.net", "Start it with --add-modules jdk.net");
        }
        commands = answers;
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(this::removeName, "checkpointer-shutdown"));
        } catch (IllegalStateException e) {
            return; // a short program, which is ending already
        }
        try {
            open();
        } catch (IOException e) {
            throw new AgentException(
                    "cannot open a socket in " + directory + ": " + e,
                    "Set checkpointer.control to a directory with a shorter path, at most 80 characters long");
        }
    }

    /** Where the socket is, or was last. */
    Path path() {
        return path;
    }

    private synchronized void open() throws IOException {
        if (listener != null || ended) {
            return;
        }
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            bind(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e instanceof IOException expected ? expected : new IOException(e);
        }
        listener = channel;
        acceptor = daemon("checkpointer-control", () -> accept(channel));
        acceptor.start();
    }

    private void bind(ServerSocketChannel channel) throws IOException {
        var lock = ControlDirectory.lock(directory);
        try {
            ControlDirectory.removeStale(directory);
            path = freePath();
            channel.bind(UnixDomainSocketAddress.of(path), BACKLOG);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } finally {
            lock.close();
        }
    }

    /**
     * The name of this PID. It may be taken by a program of another PID namespace, then a number is added, or by one that
     * has ended.
     */
    private Path freePath() throws IOException {
        var name = "checkpointer." + ProcessHandle.current().pid();
        for (int i = 1; i <= MOST_NAMES; i++) {
            var candidate = directory.resolve(i == 1 ? name : name + "." + i);
            if (!Files.exists(candidate, LinkOption.NOFOLLOW_LINKS)) {
                return candidate;
            }
            if (ControlDirectory.isDead(candidate)) {
                Files.deleteIfExists(candidate);
                return candidate;
            }
        }
        throw new IOException("all names from " + name + " on are taken");
    }

    /** Closes everything but one connection, and waits until the descriptors are gone. */
    void close(Connection except) {
        Thread waiting;
        synchronized (this) {
            closeListener();
            waiting = acceptor;
            acceptor = null;
        }
        join(waiting);
        closeConnections(except);
    }

    /** Closes all connections but one: CRIU dumps no half of a connection. */
    void closeConnections(Connection except) {
        List<Thread> threads = new ArrayList<>();
        synchronized (this) {
            connections.forEach((connection, thread) -> {
                if (connection != except) {
                    connection.close();
                    threads.add(thread);
                }
            });
        }
        threads.forEach(ControlSocket::join);
    }

    private void closeListener() {
        if (listener == null) {
            return;
        }
        try {
            listener.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the control socket " + path + " does not close", e);
        }
        listener = null;
    }

    private synchronized void removeName() {
        ended = true;
        closeListener();
    }

    /** Opens the socket again, in a directory that may have been lost meanwhile. */
    void reopen() {
        try {
            ControlDirectory.open();
            open();
        } catch (IOException | AgentException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "checkpointer's agent has no control socket any more", e);
        }
    }

    private void accept(ServerSocketChannel channel) {
        while (channel.isOpen()) {
            try {
                admit(channel.accept());
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                if (channel.isOpen() && !pause()) {
                    return;
                }
            }
        }
    }

    /** Out of descriptors, for instance: to try again at once would only burn time. */
    private static boolean pause() {
        try {
            Thread.sleep(100);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void admit(SocketChannel channel) throws IOException {
        var connection = new Connection(channel);
        if (!mayTalk(channel)) {
            connection.write(Answer.error("only the program's own user and root may talk to it"));
            connection.close();
            return;
        }
        var thread = daemon("checkpointer-connection", () -> talk(connection));
        synchronized (this) {
            if (connections.size() >= MOST_CONNECTIONS && !evict()) {
                connection.write(Answer.error("too many connections"));
                connection.close();
                return;
            }
            connections.put(connection, thread);
        }
        thread.start();
    }

    /** Ends the connection that says nothing for the longest time. */
    private boolean evict() {
        var idle = connections.keySet().stream().filter(Connection::idle).findFirst();
        idle.ifPresent(connection -> {
            connection.close();
            connections.remove(connection);
        });
        return idle.isPresent();
    }

    private boolean mayTalk(SocketChannel channel) throws IOException {
        var user = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        return user.equals(Files.getOwner(directory))
                || user.getName().equals("root")
                || user.getName().equals("0");
    }

    private void talk(Connection connection) {
        try (connection) {
            connection.serve(line -> commands.apply(line, connection));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a client of the control socket has gone", e);
        } finally {
            synchronized (this) {
                connections.remove(connection);
            }
        }
    }

    private static Thread daemon(String name, Runnable work) {
        var thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    private static void join(Thread thread) {
        if (thread == null || thread == Thread.currentThread()) {
            return;
        }
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
