package dev.checkpointer.benchmarks.harness;

import dev.checkpointer.ImageException;
import dev.checkpointer.Manifest;
import dev.checkpointer.RestoreArguments;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.internal.restore.RestoreMessage;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code criu restore} with the options that {@code bin/checkpointer restore --detach --output FILE} gives it, and nothing else:
 * no launcher can be faster. What has to be in its place before is put there by {@link #prepare}, which is not measured.
 *
 * @param work where files go
 * @param image the image
 * @param manifest its manifest
 */
public record RawRestore(Work work, Path image, Manifest manifest) {
    /**
     * The command {@code criu} that the launcher uses as well.
     *
     * @return its path
     * @throws IOException when there is none
     */
    public static String criu() throws IOException {
        try {
            return CriuCommand.find().path().toString();
        } catch (EngineException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * The manifest of an image.
     *
     * @param image the image
     * @return what is in it
     * @throws IOException when there is none, since there is no finished image
     */
    public static Manifest manifest(Path image) throws IOException {
        try {
            return Manifest.read(image.resolve(Manifest.FILE));
        } catch (ImageException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Puts the JVM's performance data back, writes what the program is told, and says how CRIU is run.
     *
     * @param log what the program and CRIU write to
     * @return the command; its process ends when the program runs
     * @throws IOException when something is missing
     */
    public ProcessBuilder prepare(Path log) throws IOException {
        var directory = Files.createDirectory(directory(log));
        var performance = manifest.get("perfdata");
        if (performance.isPresent()) {
            var file = Path.of(performance.get());
            Files.createDirectories(file.getParent());
            Files.copy(
                    image.resolve("perfdata"),
                    file,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        var message = directory.resolve("message");
        Files.write(message, new RestoreMessage(image, Optional.empty(), RestoreArguments.NONE).encode());
        // Descriptor 0 stands in for what the program is told, 1 for its input, which it does not read, and 2 for its
        // output.
        return work.process(Work.inSession(command(directory)), log)
                .redirectErrorStream(false)
                .redirectInput(message.toFile())
                .redirectOutput(new File("/dev/null"))
                .redirectError(Redirect.appendTo(log.toFile()));
    }

    /**
     * What CRIU says.
     *
     * @param log the one that {@link #prepare} was given
     * @return a file, as soon as CRIU runs
     */
    public static Path criuLog(Path log) {
        return directory(log).resolve("restore.log");
    }

    private static Path directory(Path log) {
        return log.resolveSibling(log.getFileName() + ".criu");
    }

    private List<String> command(Path directory) throws IOException {
        var command = new ArrayList<>(List.of(criu(), "restore", "--images-dir", image.toString()));
        command.addAll(List.of("--work-dir", directory.toString(), "--log-file", "restore.log", "-v2"));
        command.addAll(List.of("--pidfile", directory.resolve("pid").toString(), "--no-default-config"));
        switch (manifest.get("tcp").orElse("")) {
            case "close" -> command.add("--tcp-close");
            case "established" -> command.add("--tcp-established");
            default -> {}
        }
        if (manifest.get("file.locks").equals(Optional.of("true"))) {
            command.add("--file-locks");
        }
        if (manifest.get("shell.job").equals(Optional.of("true"))) {
            command.add("--shell-job");
        }
        manifest.get("channel").ifPresent(key -> command.addAll(List.of("--inherit-fd", "fd[0]:" + key)));
        var output = manifest.get("stdio.1");
        output.ifPresent(key -> command.addAll(List.of("--inherit-fd", "fd[2]:" + key)));
        manifest.get("stdio.2")
                .filter(key -> !output.equals(Optional.of(key)))
                .ifPresent(key -> command.addAll(List.of("--inherit-fd", "fd[2]:" + key)));
        manifest.get("stdio.0")
                .filter(key -> !output.equals(Optional.of(key)))
                .ifPresent(key -> command.addAll(List.of("--inherit-fd", "fd[1]:" + key)));
        command.add("--restore-detached");
        return command;
    }

    /**
     * The PID of the program.
     *
     * @return as the image has it
     */
    public long pid() {
        return Long.parseLong(manifest.get("pid").orElseThrow());
    }
}
