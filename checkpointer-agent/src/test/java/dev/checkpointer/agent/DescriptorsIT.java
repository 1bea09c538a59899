package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules about descriptors in a program that another process dumps. */
class DescriptorsIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void closesForADumpByAnotherProcess(Jdk jdk) throws IOException {
        var policies = policies("type: file\npath: **/held.txt\naction: reopen\n");
        try (var program = start(jdk, policies)) {
            var answer = program.ask("before-checkpoint");
            assertTrue(answer.contains("held.txt is to be opened anew at restore, which an image of another"), answer);
            assertTrue(answer.endsWith("error nothing was prepared\n"), answer);
            assertTrue(holds(program));

            Files.writeString(policies, "type: file\npath: **/held.txt\naction: close\n");
            Criu.restore(program, Criu.dump(program), AgentFixture.ACTIONS);
            program.awaitStatus("last=restored");
            assertFalse(holds(program));
            program.behave("write");
            program.awaitLine("java.io.IOException: Stream Closed");
        }
    }

    @Test
    void tellsOfABadPolicyFileAtTheStart() throws IOException {
        var file = policies("type: file\naction: vanish\n");
        try (var program = start(AgentFixture.jdk(), file)) {
            var error = "checkpointer agent: policy file " + file + ", line 2: the action 'vanish' is unknown.";
            assertTrue(program.output().startsWith(error), program.output());
            var answer = program.ask("before-checkpoint");
            assertTrue(answer.contains("line 2: the action 'vanish' is unknown"), answer);
        }
    }

    private static AgentFixture start(Jdk jdk, Path policies) throws IOException {
        var options = List.of("-javaagent:%agent=control=%control,policies=" + policies);
        var program = AgentFixture.start(jdk, true, options, HoldingProgram.class);
        program.awaitLine("ready");
        return program;
    }

    private static Path policies(String text) throws IOException {
        return Files.writeString(AgentFixture.newDirectory().resolve("policies.yaml"), text);
    }

    private static boolean holds(AgentFixture program) throws IOException {
        try (var descriptors = Files.list(Path.of("/proc", Long.toString(program.pid()), "fd"))) {
            for (var descriptor : descriptors.toList()) {
                if (Files.readSymbolicLink(descriptor).endsWith("held.txt")) {
                    return true;
                }
            }
            return false;
        }
    }
}
