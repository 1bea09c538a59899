package dev.checkpointer.cli;

import dev.checkpointer.testkit.Await;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** When a daemon is killed in the middle of what it does. */
interface Killing {
    /** Prepared before the work begins; what is returned runs beside the work. */
    Runnable attach(ManagedDaemon daemon, Path directory) throws IOException;

    /** All calls by which a daemon changes what another one could see, as strace names them. */
    enum Change {
        DIRECTORY("?mkdir,mkdirat"),
        CONTENT("fsync,fdatasync"),
        NAME("?rename,?renameat,renameat2"),
        REMOVAL("?unlink,unlinkat,?rmdir"),
        PROCESS("?vfork,clone,?clone3");

        private final String calls;

        Change(String calls) {
            this.calls = calls;
        }
    }

    /** Before a thread of it makes such a call for the n-th time. Between two of all these calls it changes nothing. */
    static Killing before(Change change, int number) {
        return (daemon, directory) -> {
            var said = directory.resolve("strace.txt");
            var tracer = new ProcessBuilder(List.of(
                            "strace",
                            "-f",
                            "-b",
                            "execve", // what it starts is left alone
                            "-o",
                            "/dev/null",
                            "-e",
                            "trace=" + change.calls,
                            "-e",
                            "inject=" + change.calls + ":signal=SIGKILL:when=" + number,
                            "-p",
                            Long.toString(daemon.pid())))
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            Await.until("strace", () -> {
                try {
                    return !tracer.isAlive() || Files.readString(said).contains("attached with");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            if (!tracer.isAlive()) {
                throw new AssertionError(Files.readString(said));
            }
            return () -> {};
        };
    }

    /** So many milliseconds after the work began. */
    static Killing after(long millis) {
        return (daemon, directory) -> () -> {
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            daemon.kill();
        };
    }

    /** Why calls cannot be counted here. */
    static Optional<String> obstacle() {
        return Files.isExecutable(Path.of("/usr/bin/strace"))
                ? Optional.empty()
                : Optional.of("strace is not installed");
    }
}
