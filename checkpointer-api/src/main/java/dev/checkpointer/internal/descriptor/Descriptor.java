package dev.checkpointer.internal.descriptor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * An open descriptor of a process.
 *
 * @param number the descriptor
 * @param target what the link in {@code /proc/PID/fd} says
 * @param mode type and permissions as in stat(2)
 * @param links how many names the file has
 * @param size in bytes
 * @param rdev the device number, for devices
 * @param dev the device that holds the file
 */
public record Descriptor(int number, String target, int mode, int links, long size, long rdev, long dev) {
    private static final int STANDARD_STREAMS = 3;
    private static final int TYPE_MASK = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR_FILE = 0100000;

    /** The descriptors of a process, in the order of their numbers. */
    public static List<Descriptor> of(long pid) throws IOException {
        var directory = Path.of("/proc", Long.toString(pid), "fd");
        var descriptors = new ArrayList<Descriptor>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (var entry : entries) {
                try {
                    var descriptor = read(entry);
                    if (!descriptor.target.equals(directory.toString())) {
                        descriptors.add(descriptor);
                    }
                } catch (NoSuchFileException e) {
                    continue; // closed since the directory was read
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        descriptors.sort(Comparator.comparingInt(Descriptor::number));
        return descriptors;
    }

    private static Descriptor read(Path entry) throws IOException {
        var target = Files.readSymbolicLink(entry).toString();
        Map<String, Object> facts = Files.readAttributes(entry, "unix:mode,nlink,size,rdev,dev");
        return new Descriptor(
                Integer.parseInt(entry.getFileName().toString()),
                target,
                (Integer) facts.get("mode"),
                (Integer) facts.get("nlink"),
                (Long) facts.get("size"),
                (Long) facts.get("rdev"),
                (Long) facts.get("dev"));
    }

    /** The flags of open(2), from the line {@code flags:} of proc_pid_fdinfo(5); 0 when the descriptor was closed meanwhile. */
    public int flags(long pid) throws IOException {
        var info = Path.of("/proc", Long.toString(pid), "fdinfo", Integer.toString(number));
        try {
            return flags(Files.readAllLines(info, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    static int flags(List<String> info) {
        return info.stream()
                .filter(line -> line.startsWith("flags:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                .findFirst()
                .orElse(0);
    }

    /** Standard input, output or error. */
    public boolean isStandardStream() {
        return number < STANDARD_STREAMS;
    }

    boolean isDevice() {
        int type = mode & TYPE_MASK;
        return type == CHARACTER_DEVICE || type == BLOCK_DEVICE;
    }

    boolean isCharacterDevice() {
        return (mode & TYPE_MASK) == CHARACTER_DEVICE;
    }

    boolean isDirectory() {
        return (mode & TYPE_MASK) == DIRECTORY;
    }

    /** A file that is neither a directory nor a device, nor anything else. */
    public boolean isRegularFile() {
        return (mode & TYPE_MASK) == REGULAR_FILE;
    }

    /** Terminals: virtual consoles and serial lines 4, the rest of ttys 5, pseudo terminals 136 to 143. */
    public boolean isTerminal() {
        int major = major();
        return isCharacterDevice() && (major == 4 || major == 5 || major >= 136 && major <= 143);
    }

    /** As gnu_dev_major(3). */
    int major() {
        return (int) (rdev >>> 8 & 0xfff);
    }

    /** As gnu_dev_minor(3). */
    int minor() {
        return (int) (rdev & 0xff | rdev >>> 12 & 0xfff00);
    }
}
