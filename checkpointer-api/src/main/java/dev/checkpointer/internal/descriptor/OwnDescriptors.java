package dev.checkpointer.internal.descriptor;

import dev.checkpointer.internal.restore.RestoreChannel;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * Descriptors that are no doing of the program: its standard streams, its code, and what the JDK opens for itself. No rule about
 * files or sockets concerns them, and they are allowed where everything else has to be closed.
 */
final class OwnDescriptors {
    private static final int STREAMS = 3;
    private static final Set<String> DEVICES = Set.of("/dev/random", "/dev/urandom", RestoreChannel.DEVICE);

    /** What selectors and watched directories consist of. */
    private static final Set<String> ANONYMOUS =
            Set.of("anon_inode:[eventpoll]", "anon_inode:[eventfd]", "anon_inode:inotify");

    private static final String AGENT = "-javaagent:";

    private final long pid;
    private final boolean self;
    private final Set<Long> pairs;
    private final Path java;
    private final Set<Path> code = new HashSet<>();

    private OwnDescriptors(long pid, List<Class<?>> company, Set<Long> pairs) throws IOException {
        this.pid = pid;
        this.pairs = pairs;
        this.self = pid == ProcessHandle.current().pid();
        var program = Path.of("/proc", Long.toString(pid), "exe").toRealPath();
        java = self
                ? Path.of(System.getProperty("java.home")).toRealPath()
                : program.resolve("../..").normalize();
        if (self) {
            addCode("java.class.path");
            addCode("jdk.module.path");
            addAgents(System.getenv().getOrDefault("JAVA_TOOL_OPTIONS", "").split("\\s+"));
            company.forEach(this::addFileOf);
        }
        addAgents(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1)
                .split("\0"));
    }

    /** The class path does not name the jars of agents. */
    private void addAgents(String[] options) {
        for (var option : options) {
            if (option.startsWith(AGENT)) {
                add(Path.of(option.substring(AGENT.length()).split("=", 2)[0]), new ArrayDeque<>());
            }
        }
    }

    private void addFileOf(Class<?> type) {
        try {
            var source = type.getProtectionDomain().getCodeSource();
            if (source != null && source.getLocation() != null) {
                code.add(Path.of(source.getLocation().toURI()).toRealPath());
            }
        } catch (IOException | URISyntaxException | RuntimeException e) {
            return; // it is in no file
        }
    }

    /** Those of a process. What the classes come from is not the program's; neither are pairs of sockets. */
    static OwnDescriptors of(long pid, List<Class<?>> company, Set<Long> pairs) throws IOException {
        return new OwnDescriptors(pid, company, pairs);
    }

    private void addCode(String property) {
        var waiting = new ArrayDeque<Path>();
        for (var entry : System.getProperty(property, "").split(File.pathSeparator)) {
            if (!entry.isEmpty()) {
                add(Path.of(entry), waiting);
            }
        }
        while (!waiting.isEmpty()) {
            addClassPathOf(waiting.remove(), waiting);
        }
    }

    private void add(Path entry, ArrayDeque<Path> waiting) {
        try {
            var real = entry.toRealPath();
            if (code.add(real) && Files.isRegularFile(real)) {
                waiting.add(real);
            }
        } catch (IOException e) {
            return; // a class path may name what is not there
        }
    }

    /** A jar's manifest may name further ones, relative to the jar. */
    private void addClassPathOf(Path jar, ArrayDeque<Path> waiting) {
        try (var file = new JarFile(jar.toFile())) {
            var manifest = file.getManifest();
            var more = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            if (more != null) {
                for (var entry : more.strip().split(" +")) {
                    var place = jar.toUri().resolve(URI.create(entry));
                    if ("file".equals(place.getScheme())) {
                        add(Path.of(place), waiting);
                    }
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            return; // no jar; the class loader passes over it, too
        }
    }

    boolean contains(OpenDescriptor open) {
        return open.number() < STREAMS
                || DEVICES.contains(open.target())
                || ANONYMOUS.contains(open.target())
                || open.open().filter(Opens.Open::isOfTheJdk).isPresent()
                || open.kind() == DescriptorKind.FILE && isCode(open)
                || open.kind() == DescriptorKind.SOCKET && isOfTheJdk(open);
    }

    private boolean isCode(OpenDescriptor open) {
        try {
            var path = Path.of(open.target());
            return path.startsWith(java)
                    || code.contains(path)
                    || code.contains(path.getParent()) && path.toString().endsWith(".jar") // of a module path
                    || !self && open.target().endsWith(".jar");
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /**
     * The socket for tools, the dead one that the JDK puts in the place of what is being closed, and pairs, by which a thread
     * that watches directories is woken.
     */
    private boolean isOfTheJdk(OpenDescriptor open) {
        return open.unix()
                .filter(socket -> pairs.contains(socket.inode())
                        || socket.path().isEmpty() && socket.connected() && !socket.hasPeer()
                        || socket.path().matches(".*/\\.java_pid" + pid + "(\\.tmp)?"))
                .isPresent();
    }
}
