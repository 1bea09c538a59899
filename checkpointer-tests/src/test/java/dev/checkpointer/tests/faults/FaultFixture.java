package dev.checkpointer.tests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Programs, their images and the launcher for tests of faults, and the look at what they leave behind. */
abstract class FaultFixture {
    static final Jdk JDK = Jdk.all().findFirst().orElseThrow();
    private static final Path LAUNCHER = Path.of(System.getProperty("test.root"), "bin/checkpointer");
    private static final List<Row> ROWS = new ArrayList<>();

    @TempDir
    Path directory;

    private final List<Target> targets = new ArrayList<>();
    private Machine before;
    private int programs;

    /** How a launcher ended. */
    record Ended(int status, String messages) {
        /** A line that says what is wrong, and one that says what to do. */
        boolean clear() {
            var lines = messages.lines().toList();
            return status != 0
                    && lines.size() > 1
                    && lines.get(0).startsWith("checkpointer: ")
                    && lines.get(1).startsWith("  ");
        }
    }

    @BeforeAll
    static void noRows() {
        ROWS.clear();
    }

    /** The order of the page is that of the classes' names; a run of one class replaces its rows alone. */
    @AfterAll
    static void tellRows(TestInfo test) throws IOException, EngineException {
        if (!ROWS.isEmpty()) {
            ReliabilityPage.add(test.getTestClass().orElseThrow().getSimpleName(), ROWS);
        }
    }

    @BeforeEach
    void lookAtTheMachine() throws IOException {
        Files.createDirectories(work());
        before = Machine.look(directory);
    }

    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        targets.forEach(Target::close);
        awaitQuiet();
        assertEquals(before, Machine.look(directory));
    }

    /** A row of the page. */
    static Row row(String fault) {
        var row = new Row(fault);
        ROWS.add(row);
        return row;
    }

    /** A process that a fault leaves behind ends by its own deadline at the latest, which is well below this one. */
    void awaitQuiet() {
        Await.until(
                "the end of every process of the test: " + ProcessView.of(directory),
                () -> ProcessView.of(directory).isEmpty());
    }

    /** The launcher's directory for its work directories. */
    Path work() {
        return directory.resolve("work");
    }

    /** Work directories that are left; those of failed restores are, with CRIU's log. */
    List<Path> workDirectories() throws IOException {
        try (var files = Files.list(work())) {
            return files.toList();
        }
    }

    /** Fails where a work directory is left that holds no log, and removes the others. */
    void requireLogs() throws IOException {
        for (var left : workDirectories()) {
            assertTrue(
                    Files.exists(left.resolve("restore.log")) || Files.exists(left.resolve("criu.out")),
                    () -> left + " is left without a log");
        }
        removeWork();
    }

    void removeWork() throws IOException {
        for (var left : workDirectories()) {
            removeTree(left);
        }
    }

    /** Starts a program in a directory of its own. */
    Target program(String engine) throws IOException {
        var place = Files.createDirectory(directory.resolve("program" + programs++));
        var target = Target.start(JDK, place, Map.of("checkpointer.engine", engine, "checkpointer.timeout", "20s"));
        targets.add(target);
        assertEquals("1", target.ask("count"));
        return target;
    }

    Target kept(Target target) {
        targets.add(target);
        return target;
    }

    /** Where the program that was started last has its mailboxes. */
    Path place() {
        return directory.resolve("program" + (programs - 1));
    }

    /** Restores an image, sees that the program is right, and ends it. */
    void assertRestores(Path image, Original original, String engine) throws EngineException, IOException {
        original.forgetRestore();
        var request = RestoreRequest.builder(image)
                .engine(engine)
                .output(directory.resolve("restored.txt"))
                .build();
        try (var restored = original.target().restored(Checkpointer.restore(request))) {
            original.assertRight(restored);
        }
    }

    ProcessBuilder launcher(String... arguments) {
        var command = new ArrayList<>(List.of("env", "--default-signal=TERM,INT,HUP", LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("TMPDIR", work().toString());
        return builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
    }

    Ended run(ProcessBuilder launcher) throws IOException {
        var process = launcher.start();
        try {
            Await.until("the end of the launcher", () -> !process.isAlive());
            return new Ended(process.exitValue(), Files.readString(directory.resolve("err")));
        } finally {
            process.destroyForcibly();
        }
    }

    static void copyTree(Path from, Path to) throws IOException {
        var result = Processes.run(List.of("cp", "-a", from.toString(), to.toString()));
        assertEquals(0, result.status(), result.output());
    }

    static void removeTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Sleeps for a part of a duration: point {@code i} of {@code points}. */
    static void sleepUntilPoint(int i, int points, long nanos) throws InterruptedException {
        long part = nanos * i / points;
        Thread.sleep(part / 1_000_000, (int) (part % 1_000_000));
    }
}
