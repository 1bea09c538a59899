package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Plain CRIU, as an operator runs it. */
final class Criu {
    private Criu() {}

    static String command() {
        var own = Path.of("/opt/checkpointer/bin/criu");
        var named = System.getenv("CHECKPOINTER_CRIU");
        return named != null ? named : Files.exists(own) ? own.toString() : "criu";
    }

    static Path newImage(AgentFixture program) throws IOException {
        return Files.createTempDirectory(program.directory(), "image");
    }

    /** Dumps a program with the action script. */
    static Path dump(AgentFixture program) throws IOException {
        var image = newImage(program);
        var result = run("dump", program, image, AgentFixture.ACTIONS);
        assertEquals(0, result.status(), result.output());
        Processes.awaitEnd(program.pid());
        return image;
    }

    static void restore(AgentFixture program, Path image, Path actions) throws IOException {
        awaitFree(program.pid());
        var result = run("restore", program, image, actions);
        assertEquals(0, result.status(), result.output());
    }

    /** It is free when the parent has collected the process, be it PID 1. */
    static void awaitFree(long pid) {
        var process = Path.of("/proc", Long.toString(pid));
        Await.until("the PID " + pid + " to be free", () -> !Files.exists(process));
    }

    static Processes.Result run(String verb, AgentFixture program, Path image, Path actions) throws IOException {
        return run(verb, program, image, "--action-script", actions.toString());
    }

    static Processes.Result run(String verb, AgentFixture program, Path image, String... options) throws IOException {
        var command = new ArrayList<>(List.of(command(), verb));
        command.addAll(verb.equals("dump") ? List.of("-t", Long.toString(program.pid())) : List.of("-d"));
        command.addAll(List.of("-D", image.toString(), "-j"));
        command.addAll(Arrays.asList(options));
        return Processes.run(command);
    }

    /** The action script with something before it. */
    static Path actionsAfter(AgentFixture program, String first) throws IOException {
        var text = "#!/bin/sh\n" + first + "\nexec '" + AgentFixture.ACTIONS + "'\n";
        var file = Files.writeString(Files.createTempFile(program.directory(), "actions", ".sh"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
