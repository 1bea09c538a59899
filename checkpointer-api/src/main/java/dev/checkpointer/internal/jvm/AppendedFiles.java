package dev.checkpointer.internal.jvm;

import dev.checkpointer.internal.descriptor.DumpedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Files that the program appends to, logs mostly, and those that a rule has opened anew. They may have grown when the image is
 * restored, or be gone: a missing one that is written to is made anew, with the mode and the owner that it had.
 */
final class AppendedFiles {
    /** As in open(2). */
    private static final int O_ACCMODE = 03;

    private static final int O_APPEND = 02000;
    private static final int PERMISSIONS = 07777;

    private AppendedFiles() {}

    /**
     * Notes a line {@code append.N=MODE UID:GID PATH} for each file, with the mode in octal digits, and a line
     * {@code reopen.N=PATH} for each that is opened anew.
     */
    static void note(List<DumpedProcess> processes, Set<String> reopened, Map<String, String> manifest)
            throws IOException {
        int count = 0;
        for (var path : reopened) {
            manifest.put("reopen." + count++, path);
        }
        var lines = new LinkedHashSet<String>();
        for (var process : processes) {
            for (var descriptor : process.descriptors()) {
                boolean oneLine = descriptor.target().lines().count() == 1;
                if (descriptor.isRegularFile()
                        && descriptor.links() > 0
                        && oneLine
                        && appends(descriptor.flags(process.pid()), reopened.contains(descriptor.target()))) {
                    lines.add(Integer.toOctalString(descriptor.mode() & PERMISSIONS) + " "
                            + owner(process.pid(), descriptor.number()) + " " + descriptor.target());
                }
            }
        }
        int number = 0;
        for (var line : lines) {
            manifest.put("append." + number++, line);
        }
    }

    private static String owner(long pid, int number) throws IOException {
        var file = Path.of("/proc", Long.toString(pid), "fd", Integer.toString(number));
        var owner = Files.readAttributes(file, "unix:uid,gid");
        return owner.get("uid") + ":" + owner.get("gid");
    }

    private static boolean appends(int flags, boolean reopened) {
        return (reopened || (flags & O_APPEND) != 0) && writes(flags);
    }

    static boolean appends(int flags) {
        return appends(flags, false);
    }

    static boolean writes(int flags) {
        return (flags & O_ACCMODE) != 0;
    }
}
