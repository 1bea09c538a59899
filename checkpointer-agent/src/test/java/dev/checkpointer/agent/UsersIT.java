package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.OrdinaryUser;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root is who runs the test, nobody the other user. */
class UsersIT {
    private static final String CLIENT =
            "socket(S,1,1,0)||die; connect(S,pack('S a108',1,$ARGV[0]))||die \"$!\"; syswrite(S,\"status\\n\"); shutdown(S,1); print <S>";

    @TempDir
    Path directory;

    @BeforeEach
    void needsRoot() throws IOException {
        var obstacle = OrdinaryUser.obstacle(directory);
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    }

    @Test
    void refusesAnotherUser() throws IOException, InterruptedException {
        try (var program = AgentFixture.start(AgentFixture.jdk(), ResourceProgram.class)) {
            var user = new OrdinaryUser(directory);
            var outside = ask(user, program.socket(), "outside.txt");
            assertTrue(outside.contains("Permission denied"), outside);

            // Even where the directory and the socket are open to all.
            var everybody = PosixFilePermissions.fromString("rwxrwxrwx");
            var open = directory.resolve("link");
            Files.setPosixFilePermissions(program.socket().getParent(), everybody);
            Files.setPosixFilePermissions(program.socket(), everybody);
            Files.createLink(open, program.socket());
            var answer = ask(user, open, "open.txt");
            assertEquals("error only the program's own user and root may talk to it\n", answer);
        }
    }

    @Test
    void letsRootAndTheOwnerTalkToAUsersProgram() throws IOException, InterruptedException {
        var user = new OrdinaryUser(directory);
        var agent = Files.copy(AgentFixture.AGENT, directory.resolve("agent.jar"));
        Files.setPosixFilePermissions(agent, PosixFilePermissions.fromString("rw-r--r--"));
        var options = List.of("-javaagent:" + agent + "=control=" + user.home().resolve("c"));
        var process = user.java(AgentFixture.jdk(), directory.resolve("out.txt"), options, PlainProgram.class.getName())
                .start();
        try {
            var socket = user.home().resolve("c/checkpointer." + process.pid());
            Await.until("the socket " + socket, () -> Files.exists(socket, LinkOption.NOFOLLOW_LINKS));
            Await.until("an answer", () -> answersRoot(socket));
            assertTrue(ask(user, socket, "owner.txt").startsWith("ok state=idle pid=" + process.pid()));
        } finally {
            Processes.end(process.pid());
        }
        assertFalse(Processes.runs(process.pid()));
    }

    private static boolean answersRoot(Path socket) {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap("status\n".getBytes(StandardCharsets.UTF_8)));
            channel.shutdownOutput();
            return AgentFixture.readAll(channel).startsWith("ok state=idle");
        } catch (IOException e) {
            return false;
        }
    }

    private String ask(OrdinaryUser user, Path socket, String output) throws IOException, InterruptedException {
        var file = directory.resolve(output);
        var process = user.command(file, List.of("perl", "-e", CLIENT, socket.toString()))
                .start();
        Await.until("the client's end", () -> !process.isAlive());
        return Files.readString(file);
    }
}
