package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An image that goes to another host as a file. That host is a mount, PID, network and UTS namespace with a daemon of its own, in which
 * nothing is to be seen of the first daemon's directory.
 */
@Tag("distribution") // when all jars are there
class AnotherHostTest extends ManagerFixture {
    /** Arguments: the command, the directory of both daemons, what is done to get an answer. */
    private static final String HOST = """
            command=$1 directory=$2 ask=$3
            ip link set lo up && hostname elsewhere && mount -t tmpfs none "$directory/state" || exit
            export CHECKPOINTER_STATE="$directory/there" CHECKPOINTER_SOCKET="$directory/there.sock"
            daemon=$("$command" daemon) || exit
            image=$("$command" image import "$directory/web.image") &&
              "$command" service restore --from "$image" --name there >"$directory/id" && bash -c "$ask"
            "$command" service rm --force there
            kill "$daemon"
            while [ -e "/proc/$daemon/cmdline" ]; do sleep 0.05; done
            """;

    private String restoredThere(String service, String ask) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")), "iproute2 is missing");
        line("service", "dump", service);
        line("image", "export", line("image", "list", "-q"), "web.image");
        line("service", "rm", service);
        var said = directory.resolve("there.txt");
        var host = builder(List.of());
        host.command().clear();
        host.command()
                .addAll(List.of(
                        "unshare", "--mount", "--pid", "--net", "--uts", "--fork", "--mount-proc", "--kill-child"));
        host.command().addAll(List.of("sh", "-c", HOST, "host", COMMAND.toString(), directory.toString(), ask));
        var process = host.redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(said.toFile())
                .start();
        try {
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), () -> read(said));
        } finally {
            process.destroyForcibly();
        }
        assertEquals(0, process.exitValue(), () -> read(said));
        return read(said);
    }

    @Test
    void serverGoesOnThere() throws Exception {
        create("--name", "web");
        int before = Integer.parseInt(answer().split(" ")[0]);
        var said = restoredThere(
                "web", "exec 3<>/dev/tcp/127.0.0.1/" + port + "; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3");
        assertTrue(said.contains("\r\n\r\n" + (before + 1) + " null"), said);
    }

    @Test
    void programThatIsNoJvmGoesOnThere() throws Exception {
        line(
                "service",
                "create",
                "--name",
                "count",
                "sh",
                "-c",
                "n=0; while sleep 0.05; do n=$((n+1)); echo n=$n; done");
        Await.until("the program", () -> logs("count").contains("n=3\n"));
        var said = restoredThere("count", "sleep 0.5; " + COMMAND + " service logs there");
        assertTrue(said.contains("n="), said);
        assertTrue(!said.contains("n=1\n"), "it went on from where it was: " + said);
    }

    private String logs(String service) {
        try {
            return line("service", "logs", service) + "\n";
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
