package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** org.crac's management bean, which always says -1 on a JDK without CRaC. */
class CracManagementIT {
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void tellsOfTheRestore(Jdk jdk) throws IOException {
        try (var program = AgentFixture.start(jdk, ManagementProgram.class)) {
            checkpointAndRestore(program);
        }
    }

    /** A program that is just loading org.crac when its classes are changed would break. */
    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void isThereBeforeTheProgram(Jdk jdk) throws IOException {
        try (var program = AgentFixture.start(jdk, EarlyProgram.class)) {
            program.awaitLine("there");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void tellsOfTheRestoreWhenTheAgentCameLater(Jdk jdk) throws IOException {
        var options = List.of("-Dcheckpointer.control=%control", "-XX:+EnableDynamicAgentLoading");
        try (var program = AgentFixture.start(jdk, false, options, ManagementProgram.class)) {
            awaitCold(program);
            load(jdk, program);
            checkpointAndRestore(program);
        }
    }

    @Test
    void tellsOfTheRestoreInAProgramWithLoadersOfItsOwn() throws IOException {
        var options = List.of(
                "-Dcheckpointer.control=%control",
                "-Dlibraries=" + Target.classPath(), "-Dprogram=" + ManagementProgram.class.getName());
        try (var program = AgentFixture.start(AgentFixture.jdk(), true, options, OwnLoaderProgram.class)) {
            awaitCold(program);
            load(AgentFixture.jdk(), program);
            checkpointAndRestore(program);
        }
    }

    /** Checkpointer's own bean may not be there yet. */
    private static void awaitCold(AgentFixture program) {
        Await.until("the program", () -> program.output().contains("cold -1 -1 -1 -1"));
    }

    private static void checkpointAndRestore(AgentFixture program) throws IOException {
        awaitCold(program);
        program.awaitSocket();
        long before = System.currentTimeMillis();
        var image = program.directory().resolve("image");
        assertEquals("ok the dump begins\n", program.ask("checkpoint " + image));
        Processes.awaitEnd(program.pid());
        try (var restored = Restored.from(image)) {
            Await.until("the notification", () -> restored.output().contains("after"));
            program.behave("tell");
            Await.until("an answer", () -> restored.output().contains("asked"));
            long after = System.currentTimeMillis();
            for (var line : restored.output().lines().toList()) {
                check(line, before, after);
            }
            assertEquals(2, restored.output().lines().count(), restored.output());
        }
    }

    /** Three beans: that of the program's start, a fresh one, and checkpointer's own. */
    private static void check(String line, long before, long after) {
        var numbers = Arrays.stream(line.split(" "))
                .skip(1)
                .mapToLong(Long::parseLong)
                .toArray();
        assertEquals(6, numbers.length, line);
        for (int i = 0; i < numbers.length; i += 2) {
            assertTrue(numbers[i] >= 0 && numbers[i] <= after - before, line);
            // The start of a process is known to a hundredth of a second.
            assertTrue(numbers[i + 1] >= before - 10 && numbers[i + 1] <= after, before + " " + after + " " + line);
        }
    }

    private static void load(Jdk jdk, AgentFixture program) throws IOException {
        var jcmd = jdk.home().resolve("bin/jcmd").toString();
        var load = List.of(jcmd, Long.toString(program.pid()), "JVMTI.agent_load", AgentFixture.AGENT.toString());
        assertEquals(0, Processes.run(load).status());
    }
}
