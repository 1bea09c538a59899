package dev.checkpointer.manager;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A program that runs beside the daemon and outlives it. A shell, its monitor, waits for it and notes in a directory which
 * process it is and how it ended. A new one begins with an empty directory.
 */
final class Run {
    /** How a program is begun. */
    enum Kind {
        /** In a session of its own. */
        PLAIN,
        /** In a PID and mount namespace of its own, too. */
        ISOLATED,
        /** By a command that notes the program's PID itself, if there is one. */
        TOOL
    }

    /** How it ended: its exit status, 128+N for signal N, and when. */
    record Ended(int status, Instant at) {}

    static final String MONITOR = script("monitor.sh");
    static final String BEGIN = script("begin.sh");

    private static final String LEAVE = "leave-";
    private static final Duration NOTED = Duration.ofSeconds(10);

    private final Path notes;

    Run(Path notes) {
        this.notes = notes;
    }

    private static String script(String name) {
        try (var stream = Run.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a {@link Kind#TOOL} notes the program's PID. */
    Path pidFile() {
        return notes.resolve("program");
    }

    /** What a {@link Kind#TOOL} says of itself. */
    Path messages() {
        return notes.resolve("messages");
    }

    /**
     * Forbids a monitor that has not begun the program yet to do so; a daemon may have been killed between the two. Either this or
     * the monitor removes the file, whoever is first.
     *
     * @return whether there was one to be forbidden, of which nothing will run
     */
    boolean revoke() throws IOException {
        if (!Files.isDirectory(notes)) {
            return false;
        }
        boolean revoked = false;
        try (var files = Files.newDirectoryStream(notes, LEAVE + "*")) {
            for (var file : files) {
                revoked |= Files.deleteIfExists(file);
            }
        }
        return revoked;
    }

    /** Kills a monitor, and all that it has begun. */
    void kill() {
        monitor()
                .filter(ProcessIdentity::runs)
                .ifPresent(
                        running -> Processes.tree(running).forEach(process -> Processes.signal(process, Pidfd.KILL)));
    }

    /** Forgets an earlier program. */
    void clear() throws IOException {
        Documents.delete(notes);
    }

    /** Returns when the monitor runs, or has done so; the program may not be begun yet. */
    void start(
            Kind kind, List<String> command, Path directory, Map<String, String> environment, File output, File errors)
            throws IOException {
        clear();
        Documents.directory(notes);
        var leave = LEAVE + Names.newId(); // not that of an earlier monitor which comes late
        Files.createFile(notes.resolve(leave));
        var line = new ArrayList<>(List.of("setsid", "sh", "-c", MONITOR, "monitor", notes.toString(), leave));
        line.addAll(List.of(kind.name().toLowerCase(Locale.ROOT), BEGIN, output.toString(), errors.toString()));
        line.addAll(command);
        var builder = new ProcessBuilder(line).directory(directory.toFile());
        var nowhere = new File("/dev/null");
        builder.redirectInput(nowhere).redirectOutput(nowhere).redirectError(nowhere);
        builder.environment().clear();
        builder.environment().putAll(environment);
        var monitor = builder.start();
        Waiting.until(NOTED, () -> monitor().isPresent() || !monitor.isAlive());
        if (monitor().isEmpty()) {
            revoke();
            throw new IOException("its monitor does not start");
        }
    }

    Optional<ProcessIdentity> monitor() {
        return note("monitor").flatMap(ProcessIdentity::parse);
    }

    /** Empty as long as it is not begun. */
    Optional<ProcessIdentity> program() {
        var noted = note("program");
        if (noted.isEmpty() || noted.get().contains(" ")) {
            return noted.flatMap(ProcessIdentity::parse);
        }
        // A tool notes a mere PID, which is the program's as long as the tool waits for it.
        return monitor().filter(ProcessIdentity::runs).flatMap(runs -> ProcessIdentity.of(Long.parseLong(noted.get())));
    }

    /** So that what a tool noted is not mistaken for another process later. */
    void keep(ProcessIdentity program) throws IOException {
        var draft = notes.resolve("program.new");
        Files.writeString(draft, program + "\n");
        Files.move(draft, notes.resolve("program"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Empty while it runs, and when its monitor was killed. */
    Optional<Ended> ended() {
        return note("ended").map(line -> {
            var words = line.split(" ");
            return new Ended(Integer.parseInt(words[0]), Instant.ofEpochSecond(Long.parseLong(words[1])));
        });
    }

    /** Whose end is the end of it. */
    Optional<ProcessIdentity> watched() {
        return monitor().filter(ProcessIdentity::runs).or(() -> program().filter(ProcessIdentity::runs));
    }

    private Optional<String> note(String name) {
        try {
            var text = Files.readString(notes.resolve(name));
            return text.endsWith("\n") ? Optional.of(text.strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
