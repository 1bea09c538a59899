package dev.checkpointer.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * CRIU's daemon of a lazy restore, stopped before it has brought any memory, so that a test can do at its leisure what would
 * have to be done in a moment.
 *
 * @since 0.1.0
 */
public final class StoppedDaemon {
    private final Path directory;

    /**
     * Nothing is started yet.
     *
     * @param directory of the test
     */
    public StoppedDaemon(Path directory) {
        this.directory = directory;
    }

    /**
     * A criu command whose daemon is stopped when it has the program's memory in its hands and the image open, before the
     * program runs.
     *
     * @param criu the real command
     * @return the command
     * @throws IOException when it cannot be written
     */
    public Path criu(Path criu) throws IOException {
        return criu(criu, "kill -s STOP \"$1\"");
    }

    /**
     * A criu command during which something else happens than that its daemon is stopped, in the same moment.
     *
     * @param criu the real command
     * @param command what happens, for a shell; {@code $1} is the daemon's PID
     * @return the command
     * @throws IOException when it cannot be written
     */
    public Path criu(Path criu, String command) throws IOException {
        // CRIU may be in a PID namespace, where it does not see the daemon, so somebody outside does it. Before
        // pre-resume CRIU
        // has told the daemon already to bring what nobody asks for.
        var wish = script("wish", """
                #!/bin/sh
                if [ "$CRTOOLS_SCRIPT_ACTION" != post-restore ]; then exit 0; fi
                : >"%1$s/wish.made"
                for _ in $(seq 3000); do
                  if [ -e "%1$s/wish.granted" ]; then exit 0; fi
                  sleep 0.01
                done
                exit 1
                """.formatted(directory));
        var grant = script("grant", """
                #!/bin/sh
                while kill -s 0 "$1"; do
                  if [ -e "%1$s/wish.made" ] && ls -l /proc/"$1"/fd | grep -q '/pages-.*img'; then
                    %2$s && : >"%1$s/wish.granted"
                    exit
                  fi
                  sleep 0.01
                done
                """.formatted(directory, command));
        return script("stopping-criu", """
                #!/bin/sh
                case "$*" in *--version*) exec %1$s "$@" ;; esac
                first=$1
                shift
                case $first in
                  lazy-pages)
                    echo $$ >"%2$s/daemon"
                    ("%4$s" $$ </dev/null >/dev/null 2>&1 9>&- &)
                    exec %1$s lazy-pages "$@"
                    ;;
                  swrk) exec %1$s swrk "$@" --action-script "%3$s" ;;
                  *) exec %1$s "$first" --action-script "%3$s" "$@" ;;
                esac
                """.formatted(criu, directory, wish, grant));
    }

    private Path script(String name, String text) throws IOException {
        var file = Files.writeString(directory.resolve(name), text);
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + file + " executable");
        }
        return file;
    }

    /**
     * The daemon.
     *
     * @return its PID
     * @throws IOException when none was started
     */
    public long pid() throws IOException {
        return Long.parseLong(Files.readString(directory.resolve("daemon")).strip());
    }

    /**
     * Lets it go on. CRIU 4.2 takes that for an error, and ends, when it was waiting for something.
     *
     * @throws IOException when that failed
     */
    public void goOn() throws IOException {
        Processes.run(List.of("sh", "-c", "kill -s CONT " + pid()));
    }

    /**
     * Where it works.
     *
     * @return its work directory
     * @throws IOException when it has ended
     */
    public Path workDirectory() throws IOException {
        var arguments = List.of(Files.readString(Path.of("/proc", Long.toString(pid()), "cmdline"))
                .split("\0"));
        return Path.of(arguments.get(arguments.indexOf("--work-dir") + 1));
    }

    /**
     * Waits until somebody else has its descriptors of the program's memory, too, and so keeps it from reading as zeros.
     *
     * @throws IOException when it has ended
     */
    public void awaitHold() throws IOException {
        var guardian = ProcessHandle.of(pid()).flatMap(ProcessHandle::parent).orElseThrow();
        long daemon = pid();
        Await.until(
                "somebody who holds the memory",
                () -> guardian.children().anyMatch(child -> child.pid() != daemon && holdsMemory(child.pid())));
    }

    private static boolean holdsMemory(long pid) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return descriptors.anyMatch(descriptor -> refersTo(descriptor).contains("userfaultfd"));
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private static String refersTo(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // it was closed
        }
    }
}
