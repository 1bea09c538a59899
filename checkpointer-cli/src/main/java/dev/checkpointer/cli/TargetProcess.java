package dev.checkpointer.cli;

import dev.checkpointer.cli.jvm.Jvm;
import dev.checkpointer.cli.jvm.ProcessStatus;
import dev.checkpointer.cli.jvm.Users;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The process that is to be dumped, looked at before anything is done to it. */
final class TargetProcess {
    private static final Path PROC = Path.of("/proc");

    private TargetProcess() {}

    /** Refuses what this command cannot dump, and what is no JVM where somebody in the program is to be notified. */
    static void require(long pid, boolean hooks) throws CommandException {
        try {
            var process = PROC.resolve(Long.toString(pid));
            var status = ProcessStatus.read(process);
            if (status.process() != pid) {
                throw refused(
                        pid + " is a thread of process " + status.process(), "Name the process: " + status.process());
            }
            requireNoAncestor(pid);
            requireRights(pid, process, status);
            requireOwnNamespace(pid, process, status);
            if (hooks && Jvm.of(pid).isEmpty() && !status.ended()) {
                throw notified(pid, status);
            }
            if (status.ended() || ProcessStatus.read(process).ended()) {
                throw missing(pid);
            }
        } catch (IOException e) {
            throw missing(pid);
        }
    }

    /** CRIU dumps a process with all that is below it. */
    private static void requireNoAncestor(long pid) throws CommandException, IOException {
        long self = ProcessHandle.current().pid();
        if (pid == self) {
            throw refused("process " + pid + " is this command itself", "Name another process");
        }
        for (long next = self; next > 0; next = parent(next)) {
            if (next == pid) {
                throw refused(
                        "process " + pid + " has started this command, which would be dumped with it",
                        "Start the command from outside of that process");
            }
        }
    }

    private static long parent(long pid) throws IOException {
        return ProcessStatus.read(PROC.resolve(Long.toString(pid))).parent();
    }

    private static void requireRights(long pid, Path process, ProcessStatus status)
            throws CommandException, IOException {
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            descriptors.iterator().hasNext();
        } catch (AccessDeniedException e) {
            throw refused(
                    "process " + pid + " belongs to " + new Users().name(status.user())
                            + ", and this user may not look at it",
                    "Run the command as that user, or as root");
        }
    }

    /** CRIU dumps another PID namespace as a whole alone. */
    private static void requireOwnNamespace(long pid, Path process, ProcessStatus status)
            throws CommandException, IOException {
        if (status.innerPid() != 1 && !samePidNamespace(process)) {
            throw refused(
                    "process " + pid + " is in another PID namespace, as process " + status.innerPid(),
                    "Run the command there: nsenter -t " + pid + " -p -m checkpointer checkpoint " + status.innerPid());
        }
    }

    /**
     * A JVM's hooks would silently be left out where a script that has started it is named in its place, so that this is not
     * done unasked.
     */
    private static CommandException notified(long pid, ProcessStatus status) {
        var process = "process " + pid + " (" + Table.printable(status.name()) + ") is no JVM";
        var jvm = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .flatMap(child -> Jvm.of(child.pid()).stream())
                .findFirst();
        return jvm.map(found -> refused(
                        process + ", but has started one, process " + found.pid(),
                        "Name that one, or add --no-hooks to dump all of it as it is: nobody in it is notified then"))
                .orElseGet(() -> refused(
                        process + ", so that nobody in it can be notified of the checkpoint",
                        "Add --no-hooks to dump it as it is"));
    }

    /** Elsewhere a process is known by other PIDs than here. */
    static boolean samePidNamespace(Path process) throws IOException {
        return Files.readSymbolicLink(process.resolve("ns/pid"))
                .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
    }

    /** Whether it runs. */
    static boolean runs(long pid) {
        try {
            return !ProcessStatus.read(PROC.resolve(Long.toString(pid))).ended();
        } catch (IOException e) {
            return false;
        }
    }

    private static CommandException missing(long pid) {
        return refused("there is no process " + pid, "Name a process that runs; \"checkpointer ps\" lists the JVMs");
    }

    private static CommandException refused(String message, String remedy) {
        return new CommandException(ExitStatus.REFUSED, message, remedy);
    }
}
