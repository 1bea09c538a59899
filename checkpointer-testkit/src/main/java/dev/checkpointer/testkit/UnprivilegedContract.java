package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.testkit.TimeContract.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

    /** Such a user's CRIU sets no clocks, so that the program sees that of the machine, if it may. */
    @Test
    void clockIsThatOfTheMachineOrTheRestoreIsRefused() throws Exception {
        var output = directory.resolve("program.txt");
        runToTheEnd(user.java(jdk(), output, options(criu), TimedWaits.class.getName()));
        assertTrue(Files.exists(image().resolve("manifest")), () -> read(output));

        assertRefused(Machine.startedAnew(), "is behind that of the program", "Restore as root");
        setTime("continue");
        assertRefused(0, "is to go on where it stopped (checkpointer.time=continue)", "checkpointer.time=auto");
        setTime("elapsed");
        assertRefused(Machine.MINUTES, "by the clock of this machine it is 60", "checkpointer.time=auto");
        Machine.age(image());

        var restored = user.home().resolve("restored.txt");
        assertTrue(restoreOn(Machine.MINUTES, restored).startsWith("pid "));
        Await.until("the restored program's end", () -> read(restored).contains("runs"));
        var lines = (read(output) + read(restored)).lines().toList();
        long advance = number(lines, "after ") - number(lines, "before ");
        assertTrue(advance > TimeUnit.SECONDS.toNanos(Machine.MINUTES - 1), () -> "it went on by " + advance);
    }

    private void assertRefused(long offset, String message, String remedy) throws IOException {
        var said = restoreOn(offset, user.home().resolve("none.txt"));
        assertTrue(said.contains(message), said);
        assertTrue(said.contains(remedy), said);
    }

    private String restoreOn(long offset, Path output) throws IOException {
        var said = directory.resolve("restore.txt");
        var program = RestoreProgram.class.getName();
        var command = user.java(jdk(), said, options(criu), program, image().toString(), output.toString());
        command.command().addAll(0, Machine.unshare(offset));
        runToTheEnd(command);
        return read(said);
    }

    private void setTime(String mode) throws IOException {
        var manifest = image().resolve("manifest");
        Files.writeString(manifest, Files.readString(manifest).replaceFirst("(?m)^time=.*$", "time=" + mode));
    }

    private static long number(List<String> lines, String before) {
        return lines.stream()
                .filter(line -> line.startsWith(before))
                .map(line -> Long.valueOf(line.substring(before.length())))
                .findFirst()
                .orElseThrow();
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
