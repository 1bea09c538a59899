package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One image restored several times at once, each time in a PID namespace of its own. */
class ClonesIT {
    private static final int CLONES = 4;

    private final List<Process> namespaces = new ArrayList<>();

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void everyCloneNoticesByItselfAndHasASocketOfItsOwn(Jdk jdk) throws IOException {
        try (var program = AgentFixture.start(jdk, NotingProgram.class)) {
            program.awaitNote("ready", 1);
            var image = Criu.dump(program);
            assertEquals(1, program.notes("before"));
            for (int i = 0; i < CLONES; i++) {
                namespaces.add(restore(program, image, i));
            }
            program.awaitNote("after", CLONES);
            for (int i = 1; i <= CLONES; i++) {
                var socket = i == 1 ? program.socket() : Path.of(program.socket() + "." + i);
                Await.until("the socket " + socket + " of a clone", () -> answers(program.pid(), socket));
            }
            assertFalse(Files.exists(Path.of(program.socket() + "." + (CLONES + 1))));
            assertEquals(CLONES, program.notes("after"));
        } finally {
            for (var namespace : namespaces) {
                Processes.end(namespace.pid()); // and with it everything inside
            }
        }
    }

    private static boolean answers(long pid, Path socket) {
        try {
            var status = AgentFixture.ask(socket, "status");
            assertTrue(status.contains("pid=" + pid + " checkpoints=1 restores=1 last=restored"), status);
            return true;
        } catch (IOException e) {
            return false; // it is about to be opened
        }
    }

    /** Without a word to the agent afterwards. */
    private static Process restore(AgentFixture program, Path image, int number) throws IOException {
        var work = Files.createDirectory(program.directory().resolve("work" + number));
        var command = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child"));
        command.addAll(List.of(Criu.command(), "restore", "-D", image.toString(), "-W", work.toString(), "-j"));
        return new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("output.txt").toFile())
                .start();
    }
}
