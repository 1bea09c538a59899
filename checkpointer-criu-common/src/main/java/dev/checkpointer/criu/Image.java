package dev.checkpointer.criu;

import dev.checkpointer.Manifest;
import dev.checkpointer.TcpMode;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A finished image: complete and of a known format. The launcher looks at the same things.
 *
 * @param directory where it is, absolute
 * @param manifest what is known of it
 * @since 0.1.0
 */
public record Image(Path directory, Manifest manifest) {
    private static final Pattern CORE = Pattern.compile("core-([0-9]{1,9})\\.img");

    /**
     * Looks at a directory.
     *
     * @param named the directory
     * @return the image in it
     * @throws EngineException when there is none, it is damaged, or this user may not read it
     */
    public static Image open(Path named) throws EngineException {
        var directory = named.toAbsolutePath();
        try {
            var image = finished(directory);
            image.requireWhole();
            return image;
        } catch (IOException e) {
            throw refused("cannot read " + directory + ": " + e, "Restore as the owner of the image, or as root");
        }
    }

    /** It may be damaged. */
    static Image finished(Path directory) throws IOException, EngineException {
        requireFinished(directory);
        return new Image(directory, Manifest.read(directory.resolve(Manifest.FILE)));
    }

    private static void requireFinished(Path directory) throws IOException, EngineException {
        if (!Files.isDirectory(directory)) {
            var replacement = directory.resolveSibling(directory.getFileName() + ".new");
            if (Files.exists(replacement.resolve(Manifest.FILE))) {
                throw incomplete(
                        "there is no directory " + directory + ", but " + replacement
                                + " holds a finished image that was to take its place",
                        "Rename " + replacement + " to " + directory);
            }
            throw incomplete("there is no directory " + directory, "Name the directory of a finished image");
        }
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            throw refused("this user may not read " + directory, "Restore as the owner of the image, or as root");
        }
        if (Files.isRegularFile(directory.resolve(Manifest.FILE))) {
            return;
        }
        if (Files.exists(directory.resolve(Manifest.DRAFT))) {
            throw incomplete("the image in " + directory + " was not finished", "Make the checkpoint again");
        }
        try (var files = Files.list(directory)) {
            throw incomplete(
                    files.findAny().isEmpty()
                            ? directory + " is empty"
                            : directory + " is not an image of checkpointer: it has no manifest",
                    "Name the directory of a finished image");
        }
    }

    /** The files of the image have the sizes that they had when it was finished. */
    private void requireWhole() throws IOException, EngineException {
        var damage = sizes();
        if (!damage.isEmpty()) {
            throw damage.get(0).in(directory);
        }
        if (!hasPid()) {
            throw incomplete(directory.resolve(Manifest.FILE) + " has no PID", "Make the checkpoint again");
        }
    }

    boolean hasPid() {
        return manifest.get("pid").orElse("").matches("[0-9]{1,9}");
    }

    /** The files that are not there, or have another size. */
    List<ImageDamage> sizes() throws IOException {
        var damage = new ArrayList<ImageDamage>();
        for (var file : manifest.withPrefix("image.").entrySet()) {
            var path = directory.resolve(file.getKey());
            // A name that leads out of the image is none of its files.
            if (file.getKey().indexOf('/') >= 0 || !Files.isRegularFile(path)) {
                damage.add(ImageDamage.missing(file.getKey(), file.getValue()));
            } else if (!Long.toString(Files.size(path)).equals(file.getValue())) {
                damage.add(ImageDamage.size(file.getKey(), file.getValue()));
            }
        }
        return damage;
    }

    private static EngineException incomplete(String message, String remedy) {
        return new EngineException(FailureKind.IMAGE_INCOMPLETE, message, remedy);
    }

    private static EngineException refused(String message, String remedy) {
        return new EngineException(FailureKind.IMAGE_REFUSED, message, remedy);
    }

    /**
     * The PID of the program.
     *
     * @return the PID that it had at the dump, and gets again
     */
    public long pid() {
        return Long.parseLong(manifest.get("pid").orElseThrow());
    }

    /**
     * What happened to TCP connections at the dump.
     *
     * @return {@link TcpMode#REFUSE} when there were none
     */
    public TcpMode tcp() {
        return manifest.get("tcp")
                .filter(mode -> !mode.equals("none"))
                .map(mode -> TcpMode.valueOf(mode.toUpperCase(Locale.ROOT)))
                .orElse(TcpMode.REFUSE);
    }

    boolean flag(String key) {
        return manifest.get(key).filter("true"::equals).isPresent();
    }

    /** The PIDs of all tasks, the program's threads among them. */
    List<Long> tasks() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> CORE.matcher(file.getFileName().toString()))
                    .filter(match -> match.matches())
                    .map(match -> Long.valueOf(match.group(1)))
                    .toList();
        }
    }

    /**
     * Compares this machine with the one of the image, as a restore does before CRIU is started.
     *
     * @param criu the command that would restore it
     * @return what makes this machine unfit; empty when it fits
     */
    public List<Difference> differences(CriuCommand criu) {
        return Preflight.differences(this, criu, Set.of());
    }

    /**
     * Refuses an image that others could have changed, as a restore does: it runs what is in the image, with the rights of this
     * process.
     *
     * @throws EngineException when the image belongs to another user, others may enter it, or a file of it is not in it
     */
    public void requireTrusted() throws EngineException {
        ImageTrust.check(this);
    }

    /**
     * Whether a PID of the image is in use, by a process, a thread, or as the number of a process group or session. The
     * program needs a PID namespace of its own then.
     *
     * @return false when the program can have its PIDs again
     * @throws IOException when that cannot be found out
     */
    public boolean pidInUse() throws IOException {
        if (tasks().stream().anyMatch(task -> Files.exists(Path.of("/proc", Long.toString(task))))) {
            return true;
        }
        var pid = Long.toString(pid());
        try (var processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process ->
                            Character.isDigit(process.getFileName().toString().charAt(0)))
                    .anyMatch(process -> groups(process).contains(pid));
        }
    }

    /** Process group and session, fields 5 and 6 of proc_pid_stat(5). */
    private static List<String> groups(Path process) {
        try {
            var stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return List.of(fields[2], fields[3]);
        } catch (IOException e) {
            return List.of(); // it has ended
        }
    }
}
