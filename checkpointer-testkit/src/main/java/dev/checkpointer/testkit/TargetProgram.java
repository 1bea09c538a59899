package dev.checkpointer.testkit;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.CheckpointerMXBean;
import dev.checkpointer.TcpMode;
import dev.checkpointer.TimeMode;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.crac.RestoreException;

/**
 * The program that the contract checkpoints. It takes requests from files in a directory, so that no descriptor is open
 * for them, and keeps state of every kind: static, on the heap, in threads and timers. After the n-th restore it takes
 * its requests from the directory's sibling with the suffix {@code .rN}, since the dumped program may still run.
 *
 * @since 0.1.0
 */
public final class TargetProgram {
    private static final long PAUSE_MILLIS = 2;
    private static final int HEAP_ENTRIES = 10_000;

    private static int counter;

    private final Path firstMailbox;
    private final Map<Integer, String> heap =
            IntStream.range(0, HEAP_ENTRIES).boxed().collect(Collectors.toMap(i -> i, TargetProgram::entry));
    private final AtomicLong threadTicks = new AtomicLong();
    private final AtomicLong timerTicks = new AtomicLong();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<String> events = new ArrayList<>();
    private final List<AutoCloseable> held = new ArrayList<>();
    private final List<Recorder> resources =
            Stream.of("a", "b", "c").map(Recorder::new).toList();
    private final List<byte[]> content = new ArrayList<>();
    private String failing = "";
    private String propertyAtRestore = "";
    private Socket connection;
    private RandomAccessFile file;
    private FileOutputStream log;
    private TimedWaits waits;
    private int restores;

    private TargetProgram(Path mailbox) {
        firstMailbox = mailbox;
        resources.forEach(resource -> Core.getGlobalContext().register(resource));
        timer.scheduleAtFixedRate(timerTicks::incrementAndGet, 0, 5, TimeUnit.MILLISECONDS);
        var thread = new Thread(this::tick, "ticker");
        thread.setDaemon(true);
        thread.start();
    }

    private void tick() {
        while (true) {
            threadTicks.incrementAndGet();
            pause();
        }
    }

    /**
     * Runs until it is told to exit.
     *
     * @param arguments the mailbox's directory
     * @throws Exception when the mailbox cannot be used
     */
    public static void main(String[] arguments) throws Exception {
        new TargetProgram(Path.of(arguments[0])).serve();
    }

    private void serve() throws Exception {
        for (int number = 0; ; number++) {
            var request = mailbox().resolve(number + ".request");
            while (!Files.exists(request)) {
                pause();
            }
            var answer = answer(Files.readString(request));
            var file = mailbox().resolve(number + ".answer"); // a restore has changed the mailbox
            Files.createDirectories(file.getParent());
            var part = Files.writeString(mailbox().resolve(number + ".part"), answer);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private Path mailbox() {
        return restores == 0 ? firstMailbox : firstMailbox.resolveSibling(firstMailbox.getFileName() + ".r" + restores);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String answer(String request) throws Exception {
        var words = request.split(" ");
        return switch (words[0]) {
            case "count" -> Integer.toString(++counter);
            case "state" -> "counter=" + counter + " heap=" + heap.hashCode() + " restores=" + restores;
            case "advance" -> advance();
            case "events" -> {
                var text = String.join(" ", events);
                events.clear();
                yield text;
            }
            case "fail" -> {
                failing = words.length > 1 ? words[1] : "";
                yield "ok";
            }
            case "checkpoint" -> checkpoint(Arrays.asList(words).subList(1, words.length));
            case "org-crac" -> checkpointThroughOrgCrac();
            case "management" -> management();
            case "ready" -> ready();
            case "told" -> Told.line();
            case "at-restore" -> propertyAtRestore;
            case "connect" -> connect();
            case "read" -> read();
            case "open" -> open(Path.of(words[1]), words.length > 2 ? words[2] : "r");
            case "listen" -> listen();
            case "pipe" -> pipe(words.length > 1);
            case "set" -> set(words[1], words.length > 2 ? words[2] : "");
            case "heap" -> heapLimits();
            case "fill" -> fill(Integer.parseInt(words[1]));
            case "sum" -> sum();
            case "grow" -> Integer.toString(grow(Integer.parseInt(words[1])));
            case "waste" -> Integer.toString(waste(Integer.parseInt(words[1])));
            case "log" -> log(Path.of(words[1]), words[2]);
            case "read-line" -> String.valueOf(file.readLine());
            case "try" -> attempt(words[1]);
            case "say" -> tell(System.out, words[1]);
            case "complain" -> tell(System.err, words[1]);
            case "hear" -> hear();
            case "begin" -> begin(Integer.parseInt(words[1]));
            case "waiting" -> waits.waiting();
            case "runs" -> Integer.toString(waits.runs());
            case "clock" -> Long.toString(System.nanoTime());
            case "exit" -> {
                System.exit(Integer.parseInt(words[1]));
                yield "";
            }
            default -> throw new IllegalArgumentException(request);
        };
    }

    /** Threads and timers that do not go on would hang here, and the test's deadline would tell. */
    private String advance() {
        long thread = threadTicks.get();
        long timed = timerTicks.get();
        while (threadTicks.get() == thread || timerTicks.get() == timed) {
            pause();
        }
        return "ok";
    }

    private String checkpoint(List<String> options) {
        var request = CheckpointRequest.builder();
        for (var option : options) {
            var value = option.substring(option.indexOf('=') + 1);
            switch (option.substring(0, option.indexOf('='))) {
                case "image" -> request.imageDirectory(Path.of(value));
                case "overwrite" -> request.overwrite(Boolean.parseBoolean(value));
                case "leave-running" -> request.leaveRunning(Boolean.parseBoolean(value));
                case "engine" -> request.engine(value);
                case "tcp" -> request.tcp(TcpMode.valueOf(value));
                case "time" -> request.time(TimeMode.valueOf(value));
                case "interrupted" -> Thread.currentThread().interrupt();
                case "timeout" -> request.timeout(Duration.ofMillis(Long.parseLong(value)));
                default -> throw new IllegalArgumentException(option);
            }
        }
        try {
            return outcome(() -> Checkpointer.checkpoint(request.build()).toString());
        } finally {
            Thread.interrupted(); // or the answer could not be written
        }
    }

    private String checkpointThroughOrgCrac() {
        return outcome(() -> {
            Core.checkpointRestore();
            return "RESTORED";
        });
    }

    private interface Checkpoint {
        String run() throws Exception;
    }

    private String outcome(Checkpoint checkpoint) {
        try {
            var outcome = checkpoint.run();
            if (outcome.equals("RESTORED")) {
                restores++;
            }
            return outcome;
        } catch (Exception e) {
            if (e instanceof RestoreException) {
                restores++;
            }
            return Stream.concat(
                            Stream.of(e.getClass().getName()),
                            Arrays.stream(e.getSuppressed()).map(Throwable::toString))
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String management() throws JMException {
        var bean = JMX.newMXBeanProxy(
                ManagementFactory.getPlatformMBeanServer(),
                new ObjectName(CheckpointerMXBean.NAME),
                CheckpointerMXBean.class);
        return "checkpoints=" + bean.getCheckpoints() + " restores=" + bean.getRestores() + " failures="
                + bean.getFailures() + " engine=" + bean.getEngine() + " image=" + bean.getImage() + " uptime="
                + (bean.getUptimeSinceRestore() < 0 ? "none" : "known");
    }

    /** Makes no server of management beans if there is none. */
    private static String ready() throws JMException {
        var name = new ObjectName(CheckpointerMXBean.NAME);
        boolean bean = MBeanServerFactory.findMBeanServer(null).stream().anyMatch(server -> server.isRegistered(name));
        boolean rehearsing = Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("checkpointer: rehearsal"));
        return "bean=" + bean + " rehearsing=" + rehearsing;
    }

    private String connect() throws IOException {
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var client = new Socket(server.getInetAddress(), server.getLocalPort());
        held.addAll(List.of(server, server.accept()));
        connection = client;
        return "127.0.0.1:" + server.getLocalPort();
    }

    private String open(Path path, String mode) throws IOException {
        file = new RandomAccessFile(path.toFile(), mode);
        return "ok";
    }

    /** Answers connections with their end. */
    private String listen() throws IOException {
        var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(server);
        var thread = new Thread(() -> answer(server), "server");
        thread.setDaemon(true);
        thread.start();
        return Integer.toString(server.getLocalPort());
    }

    private static void answer(ServerSocket server) {
        while (true) {
            try {
                server.accept().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A closed one leaves its numbers to others. */
    private String pipe(boolean closed) throws IOException {
        var pipe = Pipe.open();
        held.addAll(List.of(pipe.source(), pipe.sink()));
        if (closed) {
            pipe.source().close();
            pipe.sink().close();
        }
        return "ok";
    }

    /** What a request answers or throws. */
    private String attempt(String request) {
        try {
            return answer(request);
        } catch (Exception e) {
            return e.toString();
        }
    }

    private static String set(String property, String value) {
        System.setProperty(property, value);
        return "ok";
    }

    private String begin(int seconds) {
        if (waits == null) {
            waits = new TimedWaits();
        }
        waits.begin(seconds);
        return "ok";
    }

    private static String heapLimits() {
        var jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return Stream.of("MinHeapFreeRatio", "MaxHeapFreeRatio", "MaxHeapSize")
                .map(name -> name + "=" + jvm.getVMOption(name).getValue())
                .collect(Collectors.joining(" "));
    }

    /** Puts bytes onto the heap that no other page is like. */
    private String fill(int megabytes) {
        var random = new SplittableRandom(megabytes);
        for (int i = 0; i < megabytes; i++) {
            var bytes = new byte[1 << 20];
            random.nextBytes(bytes);
            content.add(bytes);
        }
        return sum();
    }

    private String sum() {
        var sum = new CRC32C();
        content.forEach(sum::update);
        return Long.toHexString(sum.getValue());
    }

    /** Keeps more on the heap, and tells how many entries there are. */
    private int grow(int entries) {
        int size = heap.size();
        IntStream.range(size, size + entries).forEach(i -> heap.put(i, entry(i)));
        return heap.size();
    }

    private static String entry(int number) {
        return "value " + number * 31;
    }

    /** Leaves garbage on the heap. */
    private static int waste(int megabytes) {
        int sum = 0;
        for (int i = 0; i < megabytes; i++) {
            var garbage = new byte[1 << 20];
            garbage[i] = 1;
            sum += garbage[i];
        }
        return sum;
    }

    /** Keeps the file open. */
    private String log(Path path, String word) throws IOException {
        if (log == null) {
            log = new FileOutputStream(path.toFile(), true);
        }
        log.write((word + "\n").getBytes());
        return "ok";
    }

    private static String tell(PrintStream stream, String word) {
        stream.println(word);
        return "ok";
    }

    /** A line of the standard input. */
    private static String hear() throws IOException {
        var line = new StringBuilder();
        for (int next = System.in.read(); next >= 0 && next != '\n'; next = System.in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    /** What a read from the connection says after a restore. */
    private String read() {
        try {
            return Integer.toString(connection.getInputStream().read());
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Notes its notifications, and fails when told to. */
    private final class Recorder implements Resource {
        private final String name;

        Recorder(String name) {
            this.name = name;
        }

        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
            events.add("before-" + name);
            failWhen("before-" + name);
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) throws Exception {
            events.add("after-" + name);
            propertyAtRestore = System.getProperty("told", "nothing");
            failWhen("after-" + name);
        }

        private void failWhen(String event) throws Exception {
            if (failing.equals(event)) {
                throw new Exception(event + " fails as it was told");
            }
        }
    }
}
