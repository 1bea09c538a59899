package dev.checkpointer;

import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.internal.proc.ProcStat;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A directory that becomes an image. An image is written either straight into its directory, or, when that holds a
 * finished image which is to be replaced, into a directory beside it. It is finished by one command that records the
 * size of every file, renames {@code manifest.part} to {@code manifest} and, where an old image is replaced, puts the new
 * directory in the old one's place.
 *
 * @since 0.1.0
 */
public final class ImageDirectory {
    /** CRIU's log of the dump. */
    public static final String LOG = "dump.log";

    /** The copy of the JVM's performance data file. */
    public static final String PERFORMANCE_DATA = "perfdata";

    /**
     * What was written of the memory while the process still ran: a directory in the image, to which CRIU's link
     * {@link #PARENT} leads.
     */
    public static final String PRE_DUMP = "predump";

    /**
     * A view of a finished image from which CRIU maps its memory, where one was made; its file {@code memory} names the file that it
     * is mapped from.
     */
    public static final String MAPPED = "mapped";

    /** CRIU's link to the directory with the images that this one builds on. */
    public static final String PARENT = "parent";

    /** What belongs to an image and may be removed when one is made anew or came to nothing. */
    private static final Pattern OWN_FILES = Pattern.compile(
            ".*\\.img|stats-(dump|restore)|manifest(\\.(part|hashes))?|perfdata|dump\\.(log|out|hook|conf|service)|memory");

    /**
     * Arguments: staging directory, image directory. Run by the shell since the JVM is frozen then. The log and the
     * statistics, which CRIU goes on to write, are left out. When CRIU is killed meanwhile, the program goes on and discards
     * the new image, its manifest first; one that was discarded does not take the old one's place.
     */
    private static final String FINISH_SCRIPT = """
            cd "$1" || exit 1
            for f in *.img predump/*.img perfdata; do
              if [ -f "$f" ]; then set -- "$@" "$f"; fi
            done
            staging=$1 image=$2; shift 2
            stat -c 'image.%n=%s' -- "$@" >>manifest.part && mv manifest.part manifest || exit 1
            [ "$staging" = "$image" ] && exit 0
            old=$image.old.$$
            mv -T "$image" "$old" || exit 1
            if ! mv -T "$staging" "$image"; then mv -T "$old" "$image"; exit 1; fi
            read -r first <"$image/manifest"
            case $first in
              format=*) rm -rf "$old" || : ;;
              *) mv -T "$image" "$staging"; mv -T "$old" "$image"; exit 1 ;;
            esac
            """;

    private final Path target;
    private final Path staging;
    private boolean created;
    private boolean taken;

    private ImageDirectory(Path target, Path staging) {
        this.target = target;
        this.staging = staging;
    }

    /**
     * Replaces {@code %p}, {@code %t} and {@code %%} in a directory's name.
     *
     * @param directory the name
     * @param pid what {@code %p} stands for
     * @param time what {@code %t} stands for, as seconds since 1970
     * @return an absolute path
     * @throws ImageException when another letter follows a percent sign
     */
    public static Path expand(Path directory, long pid, Instant time) throws ImageException {
        var pattern = directory.toString();
        var text = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '%') {
                text.append(c);
                continue;
            }
            i++;
            switch (i < pattern.length() ? pattern.charAt(i) : ' ') {
                case 'p' -> text.append(pid);
                case 't' -> text.append(time.getEpochSecond());
                case '%' -> text.append('%');
                default ->
                    throw new ImageException(
                            FailureKind.NOT_WRITABLE,
                            "image directory '" + pattern + "' has a percent sign that is not %p, %t or %%",
                            "Write %% for a percent sign");
            }
        }
        return Path.of(text.toString()).toAbsolutePath().normalize();
    }

    /**
     * Looks at the directory without changing anything.
     *
     * @param target the image directory, expanded
     * @param overwrite whether a finished image may be replaced
     * @return the directory, not yet created
     * @throws ImageException when the directory cannot take a new image
     */
    public static ImageDirectory check(Path target, boolean overwrite) throws ImageException {
        return Files.exists(target) ? checkExisting(followed(target), overwrite) : new ImageDirectory(target, target);
    }

    /** A new image takes the place of the old one itself, not of a symbolic link to it. */
    private static Path followed(Path target) throws ImageException {
        try {
            return Files.isSymbolicLink(target) ? target.toRealPath() : target;
        } catch (IOException e) {
            throw notWritable(target, e);
        }
    }

    private static ImageDirectory checkExisting(Path target, boolean overwrite) throws ImageException {
        if (!Files.isDirectory(target)) {
            throw new ImageException(
                    FailureKind.NOT_WRITABLE, target + " is not a directory", "Set checkpointer.image to a directory");
        }
        refuseForeignFiles(target);
        refuseWhileWritten(target);
        if (!Files.exists(target.resolve(Manifest.FILE))) {
            return new ImageDirectory(target, target);
        }
        if (!overwrite) {
            throw finished(target);
        }
        var staging = target.resolveSibling(target.getFileName() + ".new");
        if (Files.exists(staging)) {
            refuseForeignFiles(staging);
            refuseWhileWritten(staging);
        }
        refuseMountPoint(target);
        return new ImageDirectory(target, staging);
    }

    private static ImageException finished(Path target) {
        return new ImageException(
                FailureKind.NOT_WRITABLE,
                target + " already holds a finished image",
                "Set checkpointer.overwrite=true to replace it, or checkpointer.image to another directory (%p and"
                        + " %t make its name unique)");
    }

    private static void refuseForeignFiles(Path directory) throws ImageException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (var entry : entries) {
                var name = entry.getFileName().toString();
                if (isOwnDirectory(entry)) {
                    refuseForeignFiles(entry);
                } else if (!isOwn(entry) && !name.equals("lost+found")) {
                    throw new ImageException(
                            FailureKind.NOT_WRITABLE,
                            directory + " holds '" + name + "', which does not belong to an image",
                            "Set checkpointer.image to a new or empty directory");
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw notWritable(directory, e);
        }
    }

    private static void refuseWhileWritten(Path directory) throws ImageException {
        var draft = directory.resolve(Manifest.DRAFT);
        if (!Files.exists(draft)) {
            return;
        }
        Manifest manifest;
        try {
            manifest = Manifest.read(draft);
        } catch (ImageException e) {
            if (e.kind() == FailureKind.IMAGE_INCOMPLETE) {
                return; // what is left of a writer that ended while it wrote the first lines
            }
            throw e;
        }
        long pid = manifest.get("pid")
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
        var start = manifest.get("pid.start");
        boolean alive = ProcStat.read(pid)
                .filter(stat -> start.equals(Optional.of(Long.toString(stat.startTime()))))
                .isPresent();
        if (alive && pid != ProcessHandle.current().pid()) {
            throw new ImageException(
                    FailureKind.NOT_WRITABLE,
                    directory + " is being written: a checkpoint of process " + pid + " is under way",
                    "Wait for it, or set checkpointer.image to another directory");
        }
    }

    /** A mount point cannot be renamed, so a new image could not take the old one's place at once. */
    private static void refuseMountPoint(Path target) throws ImageException {
        try {
            var device = Files.getAttribute(target, "unix:dev");
            var parent = target.getParent() == null ? null : Files.getAttribute(target.getParent(), "unix:dev");
            if (!device.equals(parent)) {
                throw new ImageException(
                        FailureKind.NOT_WRITABLE,
                        target + " is a mount point, so the finished image in it cannot be replaced in one step",
                        "Set checkpointer.image to a directory below it, or remove the old image first");
            }
        } catch (IOException e) {
            throw notWritable(target, e);
        }
    }

    /**
     * Creates the staging directory with mode 0700, or empties the remains of an unfinished image, and marks it as being
     * written.
     *
     * @param draft what is known of the image so far; at least its {@code pid} and {@code pid.start}
     * @throws ImageException when the file system does not let us
     */
    public void prepare(Manifest draft) throws ImageException {
        try {
            created = Files.notExists(staging);
            Files.createDirectories(staging);
            Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwx------"));
            refuseIfTakenMeanwhile();
            taken = true;
            removeOwnFiles(staging, false);
            draft.write(staging.resolve(Manifest.DRAFT));
        } catch (IOException e) {
            throw notWritable(staging, e);
        }
    }

    /** Between the look at the directory and this the resources were notified, which may have taken long. */
    private void refuseIfTakenMeanwhile() throws ImageException {
        refuseWhileWritten(staging);
        if (staging.equals(target) && Files.exists(target.resolve(Manifest.FILE))) {
            throw finished(target);
        }
    }

    /**
     * Turns a file system's error into an exception that says what to do.
     *
     * @param directory where it happened
     * @param cause the error
     * @return the exception to throw
     */
    public static ImageException notWritable(Path directory, Exception cause) {
        var text =
                cause instanceof FileSystemException fs && fs.getReason() != null ? fs.getReason() : cause.toString();
        boolean full = String.valueOf(cause.getMessage()).contains("No space left");
        var exception = full
                ? new ImageException(
                        FailureKind.NO_SPACE,
                        "no space left for the image in " + directory,
                        "Make room there, or set checkpointer.image to a directory on another file system")
                : new ImageException(
                        FailureKind.NOT_WRITABLE,
                        "cannot write the image directory " + directory + ": " + text,
                        "Set checkpointer.image to a directory that this user may write");
        exception.initCause(cause);
        return exception;
    }

    /**
     * The command that finishes an image. An engine runs it when CRIU has written all of the image and before the dumped
     * process ends or goes on; where the command fails, the process goes on and there is no image.
     *
     * @param request the request of the dump
     * @return a command with its arguments
     */
    public static List<String> finishCommand(CheckpointRequest request) {
        return List.of(
                "sh",
                "-c",
                FINISH_SCRIPT,
                "finish",
                request.stagingDirectory().toString(),
                request.imageDirectory().toString());
    }

    /**
     * Removes what an unfinished image left behind, except the log.
     *
     * @throws ImageException when that failed
     */
    public void discard() throws ImageException {
        try {
            if (taken && Files.isDirectory(staging)) {
                // In this order, whenever finishCommand, which may still run, renames the one to the other.
                Files.deleteIfExists(staging.resolve(Manifest.DRAFT));
                Files.deleteIfExists(staging.resolve(Manifest.FILE));
                removeOwnFiles(staging, true);
                if (created && !Files.exists(staging.resolve(LOG))) {
                    Files.delete(staging);
                }
            }
        } catch (NoSuchFileException e) {
            return; // it has taken its place as a finished image
        } catch (IOException e) {
            throw notWritable(staging, e);
        }
    }

    private static boolean isOwnDirectory(Path entry) {
        var name = entry.getFileName().toString();
        return (name.equals(PRE_DUMP) || name.equals(MAPPED) || name.equals(MAPPED + ".new"))
                && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isOwn(Path entry) {
        var name = entry.getFileName().toString();
        return OWN_FILES.matcher(name).matches() || name.equals(PARENT) && Files.isSymbolicLink(entry);
    }

    /**
     * Removes the copy of the memory that was made while the process ran.
     *
     * @param staging where an image is written
     * @throws IOException when that failed, or something else is in there
     */
    public static void removePreDump(Path staging) throws IOException {
        var directory = staging.resolve(PRE_DUMP);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            removeOwnFiles(directory, false);
            Files.delete(directory);
        }
    }

    private static void removeOwnFiles(Path directory, boolean keepLog) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (var entry : entries) {
                var name = entry.getFileName().toString();
                if (isOwnDirectory(entry)) {
                    removeOwnFiles(entry, false);
                    Files.deleteIfExists(entry);
                } else if (isOwn(entry) && !(keepLog && name.equals(LOG))) {
                    Files.deleteIfExists(entry);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /**
     * Where the finished image will be.
     *
     * @return an absolute path
     */
    public Path target() {
        return target;
    }

    /**
     * Where the image is written.
     *
     * @return an absolute path
     */
    public Path staging() {
        return staging;
    }
}
