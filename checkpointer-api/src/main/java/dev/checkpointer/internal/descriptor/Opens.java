package dev.checkpointer.internal.descriptor;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketImpl;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The objects that hold descriptors, as far as the agent has seen them being made, and where that was. They are held weakly. Safe
 * for use by several threads. Numbers are in private fields, so java.io, java.net and sun.nio.ch have to be open to this module.
 */
public final class Opens {
    /** Fields of the JDK's classes that hold a descriptor, or an object that does. */
    private static final List<String> FIELDS = List.of("fd", "fdObj", "fdVal", "epfd", "eventfd", "efd", "sp");

    private static final int MOST_FRAMES = 60;

    private static final Set<Seen> KNOWN = ConcurrentHashMap.newKeySet();
    private static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();
    private static final AtomicLong COUNT = new AtomicLong();

    private static volatile boolean tracked;
    private static volatile boolean traced;

    private Opens() {}

    /** An object with the place where it was made. */
    private static final class Seen extends WeakReference<Object> {
        private final long number = COUNT.incrementAndGet();
        private final Trace trace;

        Seen(Object owner, Trace trace) {
            super(owner, GONE);
            this.trace = trace;
        }
    }

    private record Trace(String thread, Instant time, StackTraceElement[] frames) {}

    /** An object and the descriptor that it holds. */
    record Open(Object owner, Optional<List<String>> trace) {
        void close() throws IOException {
            ((Closeable) owner).close();
        }

        /** What moves the JDK's asynchronous channels. */
        boolean isOfTheJdk() {
            return owner.getClass().getName().equals("sun.nio.ch.EPollPort");
        }

        boolean canBeClosed() {
            return owner instanceof Closeable;
        }

        Optional<Path> remotePath() {
            try {
                return owner instanceof SocketChannel channel
                                && channel.getRemoteAddress() instanceof UnixDomainSocketAddress address
                        ? Optional.of(address.getPath())
                        : Optional.empty();
            } catch (IOException e) {
                return Optional.empty(); // closed meanwhile
            }
        }
    }

    /**
     * From now on somebody tells of every object that is made.
     *
     * @param traces whether it is noted where
     */
    public static void begin(boolean traces) {
        traced = traces;
        tracked = true;
        add(new Object()); // loads what is needed while no descriptor is being opened
        KNOWN.clear();
    }

    static boolean areTracked() {
        return tracked;
    }

    /**
     * Tells of an object. Called by its constructor, before those of its subclasses have run.
     *
     * @param owner what will hold a descriptor
     */
    public static void add(Object owner) {
        KNOWN.add(new Seen(owner, traced ? trace() : null));
        for (var gone = GONE.poll(); gone != null; gone = GONE.poll()) {
            KNOWN.remove(gone);
        }
    }

    private static Trace trace() {
        return new Trace(Thread.currentThread().getName(), Instant.now(), new Throwable().getStackTrace());
    }

    /** Those of open descriptors, by number; the object that was made first counts where several share one. */
    static Map<Integer, Open> byNumber() {
        var seen = new ArrayList<>(KNOWN);
        seen.sort(Comparator.comparingLong(one -> one.number));
        var opens = new HashMap<Integer, Open>();
        for (var one : seen) {
            var owner = one.get();
            if (owner != null && !isClosed(owner)) {
                for (int number : numbers(owner)) {
                    opens.putIfAbsent(
                            number,
                            new Open(owner, Optional.ofNullable(one.trace).map(Opens::lines)));
                }
            }
        }
        return opens;
    }

    private static List<String> lines(Trace trace) {
        var lines = new ArrayList<String>();
        lines.add("opened by thread '" + trace.thread + "' at " + trace.time.truncatedTo(ChronoUnit.SECONDS) + ":");
        boolean program = false;
        for (var frame : trace.frames) {
            // What tells of it comes first.
            program |= !frame.getClassName().startsWith("dev.checkpointer.internal.")
                    && !frame.getClassName().startsWith("java.util.Checkpointer");
            if (program && lines.size() <= MOST_FRAMES) {
                lines.add("  at " + frame);
            }
        }
        return lines;
    }

    /** Those of files forget their number; these do not, and somebody else may have it now. */
    private static boolean isClosed(Object owner) {
        return owner instanceof Channel channel && !channel.isOpen()
                || owner instanceof Selector selector && !selector.isOpen()
                || owner instanceof Socket socket && socket.isClosed()
                || owner instanceof ServerSocket server && server.isClosed();
    }

    private static List<Integer> numbers(Object owner) {
        var numbers = new ArrayList<Integer>();
        try {
            collect(holder(owner), numbers);
        } catch (ReflectiveOperationException | IOException | RuntimeException e) {
            return List.of(); // closed, or a class of another kind than those of the JDK that are known here
        }
        return numbers;
    }

    private static Object holder(Object owner) throws ReflectiveOperationException, IOException {
        if (owner instanceof FileInputStream stream) {
            return stream.getFD();
        }
        if (owner instanceof FileOutputStream stream) {
            return stream.getFD();
        }
        if (owner instanceof RandomAccessFile file) {
            return file.getFD();
        }
        if (owner instanceof Socket) {
            return ofImplementation(Socket.class, owner);
        }
        return owner instanceof ServerSocket ? ofImplementation(ServerSocket.class, owner) : owner;
    }

    private static Object ofImplementation(Class<?> type, Object owner) throws ReflectiveOperationException {
        var implementation = accessible(type.getDeclaredField("impl")).get(owner);
        if (implementation == null) {
            return null;
        }
        var method = SocketImpl.class.getDeclaredMethod("getFileDescriptor");
        method.setAccessible(true);
        return method.invoke(implementation);
    }

    private static void collect(Object holder, List<Integer> numbers) throws ReflectiveOperationException {
        if (holder == null) {
            return;
        }
        if (holder instanceof int[] pair) {
            Arrays.stream(pair).forEach(number -> add(number, numbers));
            return;
        }
        if (holder instanceof FileDescriptor) {
            add(accessible(FileDescriptor.class.getDeclaredField("fd")).getInt(holder), numbers);
            return;
        }
        for (Class<?> type = holder.getClass(); type != null; type = type.getSuperclass()) {
            for (var field : type.getDeclaredFields()) {
                if (FIELDS.contains(field.getName())) {
                    accessible(field);
                    if (field.getType() == int.class) {
                        add(field.getInt(holder), numbers);
                    } else if (!field.getType().isPrimitive()) {
                        collect(field.get(holder), numbers);
                    }
                }
            }
        }
    }

    private static Field accessible(Field field) {
        field.setAccessible(true);
        return field;
    }

    private static void add(int number, List<Integer> numbers) {
        if (number >= 0 && !numbers.contains(number)) {
            numbers.add(number);
        }
    }
}
