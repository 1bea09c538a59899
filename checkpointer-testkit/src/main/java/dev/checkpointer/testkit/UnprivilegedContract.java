package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every engine does for a user without the rights of root, with a CRIU that has file capabilities. A backend's test
 * class extends this one. The tests need root to make such a user, and say so without.
 *
 * @since 0.1.0
 */
public abstract class UnprivilegedContract {
    /** Ends with everything of one test in it. */
    @TempDir
    Path directory;

    private OrdinaryUser user;
    private Path criu;

    /** For subclasses. */
    protected UnprivilegedContract() {}

    /**
     * The engine under test.
     *
     * @return its name
     */
    protected abstract String engine();

    /**
     * The criu command that the engine uses.
     *
     * @return its path
     * @throws EngineException when there is none
     */
    protected abstract Path criu() throws EngineException;

    @BeforeEach
    void makeUser() throws Exception {
        var obstacle = OrdinaryUser.obstacle(directory);
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElseThrow());
        user = new OrdinaryUser(directory);
        criu = user.criu(criu());
    }

    private List<String> options(Path criu) {
        return List.of(
                "-Dcheckpointer.engine=" + engine(),
                "-Dcheckpointer.criu=" + criu,
                "-Dcheckpointer.image=" + image(),
                "-Dcheckpointer.timeout=30s");
    }

    private Path image() {
        return user.home().resolve("image");
    }

    private static Jdk jdk() {
        return Jdk.all().findFirst().orElseThrow();
    }

    private static void runToTheEnd(ProcessBuilder program) throws IOException {
        var process = program.start();
        try {
            Await.until("the end of " + program.command().get(0), () -> !process.isAlive());
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void userDumpsItsProgramAndRestoresIt() throws Exception {
        var output = directory.resolve("program.txt");
        runToTheEnd(user.java(jdk(), output, options(criu), StreamsProgram.class.getName(), directory.toString()));
        assertTrue(Files.exists(image().resolve("manifest")), () -> read(output));

        var restored = user.home().resolve("restored.txt");
        var said = directory.resolve("restore.txt");
        var program = RestoreProgram.class.getName();
        runToTheEnd(user.java(jdk(), said, options(criu), program, image().toString(), restored.toString(), "lazy"));
        assertTrue(read(said).contains("CRIU uses userfaultfd for root alone"), () -> read(said));
        runToTheEnd(user.java(jdk(), said, options(criu), program, image().toString(), restored.toString()));
        assertTrue(read(said).startsWith("pid "), () -> read(said));
        Await.until("the restored program's end", () -> read(restored).contains("end of input"));
        assertTrue(read(restored).contains("restored "), () -> read(restored));
    }

    @Test
    void withoutFileCapabilitiesTheRemedyIsTold() throws Exception {
        var plain = directory.resolve("plain-criu");
        assertEquals(
                0,
                Processes.run(List.of("cp", criu.toString(), plain.toString())).status());
        var output = directory.resolve("program.txt");
        runToTheEnd(user.java(jdk(), output, options(plain), StreamsProgram.class.getName(), directory.toString()));
        assertTrue(read(output).contains("setcap cap_checkpoint_restore"), () -> read(output));
        assertTrue(read(output).contains("shutdown"), "the program went on to its end");
    }
}
