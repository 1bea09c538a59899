package dev.checkpointer.manager;

import dev.checkpointer.RestoreArguments;
import dev.checkpointer.internal.restore.RestoreMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A restored program that is stopped, and has the file open from which it will read what it is told. The file is filled before the
 * program goes on, and so tells another daemon how far that was.
 */
final class Held {
    private static final Duration READY = Duration.ofMinutes(1);

    private final Path message;

    /** In the directory of the service. */
    Held(Path directory) {
        message = directory.resolve("message");
    }

    Path message() {
        return message;
    }

    /** An empty file for the program to open. */
    void prepare() throws IOException {
        Files.deleteIfExists(message);
        Files.createFile(message, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /**
     * Fills the file, which is not replaced, since the program has it open.
     *
     * @param ready a file that the program is to make when its resources were notified
     */
    void tell(Path image, Restore told, Optional<Path> ready) throws IOException {
        var arguments = new RestoreArguments(told.properties(), told.environment(), told.arguments(), Optional.empty());
        Files.write(
                message,
                new RestoreMessage(image, ready, arguments).encode(),
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** Whether the file was filled, so that the program could have gone on. */
    boolean told() {
        try {
            RestoreMessage.decode(Files.readAllBytes(message));
            return true;
        } catch (IOException e) {
            return Files.notExists(message);
        }
    }

    /** Lets the program and all processes below it go on. What it was told is read from the open file. */
    void release(ProcessIdentity program) {
        Processes.signal(program, Pidfd.CONT); // at once, since the others have to be looked for
        Processes.tree(program).forEach(process -> Processes.signal(process, Pidfd.CONT));
        try {
            Files.deleteIfExists(message);
        } catch (IOException e) {
            System.getLogger(Held.class.getName()).log(System.Logger.Level.WARNING, message + " stays", e);
        }
    }

    /** Waits until the program's resources were notified; empty when they were, or else why not. */
    static Optional<String> awaitReady(ProcessIdentity program, Path ready) throws IOException {
        Waiting.until(READY, () -> Files.isRegularFile(ready, LinkOption.NOFOLLOW_LINKS) || !program.runs());
        if (!Files.isRegularFile(ready, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(program.runs() ? "it was not ready in time" : "it has ended");
        }
        List<String> lines = Files.readAllLines(ready, StandardCharsets.UTF_8);
        return lines.equals(List.of("ready"))
                ? Optional.empty()
                : Optional.of(String.join("; ", lines.subList(1, lines.size())));
    }
}
