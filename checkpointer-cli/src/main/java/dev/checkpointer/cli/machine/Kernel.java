package dev.checkpointer.cli.machine;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the kernel offers, and how it is set. */
final class Kernel {
    private static final Path PROC = Path.of("/proc");
    private static final int SMALL_PID_MAX = 1 << 16;

    private static final int MOST_BYTES = 4096;
    private static final long PRESENT = 1L << 63;
    private static final long SOFT_DIRTY = 1L << 55;
    private static final int PAGE = 4096;
    private static final int MOST_PAGES = 2048;

    private Kernel() {}

    static List<Finding> findings() throws IOException {
        return List.of(
                Finding.ok("kernel", read("sys/kernel/osrelease").orElse("?") + " " + System.getProperty("os.arch")),
                container(),
                run(),
                ptraceScope(),
                pids(),
                softDirty(),
                userfaultfd());
    }

    /** In one go: of a number below /proc/sys the kernel gives nothing to a second read, whatever the first one took. */
    private static Optional<String> read(String file) {
        try (var in = new FileInputStream(PROC.resolve(file).toFile())) {
            var buffer = new byte[MOST_BYTES];
            int length = in.read(buffer);
            return Optional.of(new String(buffer, 0, Math.max(length, 0), StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Finding container() throws IOException {
        boolean marked = Files.exists(Path.of("/.dockerenv")) || Files.exists(Path.of("/run/.containerenv"));
        boolean initIsOurs = read("1/comm")
                .filter(name -> List.of("java", "sh", "bash").contains(name))
                .isPresent();
        if (!marked && !initIsOurs) {
            return Finding.ok("container", "no sign of one");
        }
        return initIsOurs
                ? Finding.warn(
                        "container",
                        "PID 1 is " + read("1/comm").orElse("?") + ", which does not collect what has ended",
                        "Start the container with an init (docker run --init)")
                : Finding.ok(
                        "container", "this looks like one; an image fits containers of the same file system alone");
    }

    /** CRIU keeps what it found out about the kernel in /run, but on a tmpfs alone, since it must not outlive a boot. */
    private static Finding run() throws IOException {
        var mounts = Files.readString(PROC.resolve("self/mounts"));
        boolean tmpfs = mounts.lines()
                .map(line -> line.split(" "))
                .anyMatch(fields -> fields.length > 2 && fields[1].equals("/run") && fields[2].equals("tmpfs"));
        return tmpfs
                ? Finding.ok("/run", "a tmpfs, where CRIU keeps what it found out about the kernel")
                : Finding.warn(
                        "/run",
                        "no tmpfs: CRIU examines the kernel at each start, which costs some 15 ms",
                        "Mount one: mount -t tmpfs tmpfs /run (docker run --tmpfs /run)");
    }

    private static Finding ptraceScope() {
        var scope = read("sys/kernel/yama/ptrace_scope").orElse("0");
        return switch (scope) {
            case "0" -> Finding.ok("ptrace", "processes of one user may trace each other");
            case "3" ->
                Finding.fail(
                        "ptrace",
                        "nobody may trace processes (kernel.yama.ptrace_scope is 3)",
                        "Set kernel.yama.ptrace_scope to 2 at most; that takes a reboot");
            default ->
                Finding.ok(
                        "ptrace", "kernel.yama.ptrace_scope is " + scope + ", which CRIU's CAP_SYS_PTRACE overrules");
        };
    }

    private static Finding pids() {
        if (!Files.exists(PROC.resolve("sys/kernel/ns_last_pid"))) {
            return Finding.fail(
                    "pids",
                    "the kernel lacks CONFIG_CHECKPOINT_RESTORE (there is no kernel.ns_last_pid)",
                    "Use a distribution's kernel");
        }
        var most = read("sys/kernel/pid_max").orElse("0");
        return Long.parseLong(most) < SMALL_PID_MAX
                ? Finding.warn(
                        "pids",
                        "there are only " + most + ", so that those of an image are often in use and it gets a PID"
                                + " namespace of its own",
                        "Raise the limit: sysctl kernel.pid_max=4194304")
                : Finding.ok("pids", "up to " + most);
    }

    /** Pages that were written to have a mark in pagemap(5), since nobody has cleared it. */
    private static Finding softDirty() throws IOException {
        return marked()
                ? Finding.ok("soft-dirty", "changed pages are tracked, so that pre-dumps work")
                : Finding.warn(
                        "soft-dirty",
                        "changed pages are not tracked, so that there are no pre-dumps; whole dumps work",
                        "Use a kernel with CONFIG_MEM_SOFT_DIRTY if you need pre-dumps");
    }

    private static boolean marked() throws IOException {
        var heap = Files.readString(PROC.resolve("self/maps"))
                .lines()
                .filter(line -> line.endsWith("[heap]") || line.endsWith("[stack]"))
                .map(line -> line.split("[- ]"))
                .toList();
        try (var pagemap = new RandomAccessFile("/proc/self/pagemap", "r")) {
            for (var range : heap) {
                long start = Long.parseUnsignedLong(range[0], 16) / PAGE;
                int pages = (int) Math.min(MOST_PAGES, Long.parseUnsignedLong(range[1], 16) / PAGE - start);
                var bytes = new byte[pages * Long.BYTES];
                pagemap.seek(start * Long.BYTES);
                pagemap.readFully(bytes);
                var entries =
                        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer();
                while (entries.hasRemaining()) {
                    long entry = entries.get();
                    if ((entry & PRESENT) != 0 && (entry & SOFT_DIRTY) != 0) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static Finding userfaultfd() {
        boolean there = Files.exists(PROC.resolve("sys/vm/unprivileged_userfaultfd"))
                || Files.exists(Path.of("/dev/userfaultfd"));
        return there
                ? Finding.ok("userfaultfd", "there, so that memory can be restored lazily")
                : Finding.warn(
                        "userfaultfd",
                        "missing, so that memory cannot be restored lazily; whole restores work",
                        "Use a kernel with CONFIG_USERFAULTFD if you need lazy restores");
    }
}
