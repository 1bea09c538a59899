package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images whose memory is mapped, with real programs. */
class ImageMapTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("test.root"), "bin/checkpointer");

    @TempDir
    Path directory;

    private final List<Long> started = new ArrayList<>();
    private final Map<Long, Path> outputs = new HashMap<>();
    private Path image;
    private Path questions;
    private String sum;

    @BeforeEach
    void makeDirectories() throws IOException {
        System.setProperty("cli.launcher", LAUNCHER.toString());
        image = directory.resolve("image");
        questions = Files.createDirectory(directory.resolve("questions"));
    }

    @AfterEach
    void endPrograms() {
        System.clearProperty("cli.launcher");
        started.forEach(Processes::end);
    }

    static Stream<Arguments> jvms() {
        return Jdk.all()
                .flatMap(jdk -> Stream.of("G1", "Serial", "Z")
                        .filter(collector -> has(jdk, collector))
                        .map(collector -> Arguments.of(jdk, collector)));
    }

    private static boolean has(Jdk jdk, String collector) {
        try {
            return Processes.run(List.of(jdk.java().toString(), "-XX:+Use" + collector + "GC", "-version"))
                            .status()
                    == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("jvms")
    void programsHaveTheirMemoryAndShareIt(Jdk jdk, String collector) throws IOException {
        dump(jdk, collector);
        var before = hash();
        var made = Cli.run("image", "map", image.toString(), "--json");
        assertEquals(0, made.status(), made.errors());
        long mapped = ((Number) made.json().get("mapped")).longValue();
        if (!collector.equals("Z")) { // which shares its heap with itself, so that CRIU does not map it
            assertTrue(mapped > 24 << 20, made.output());
        }

        long first = restore("--pid-namespace", "always");
        long second = restore("--pid-namespace", "always");
        assertTrue(isMapped(first));
        assertEquals(sum, ask(first, 0));
        assertEquals(sum, ask(second, 0));
        var changed = ask(first, 1);
        assertNotEquals(sum, changed);
        assertEquals(changed, ask(second, 1));
        assertArrayEquals(before, hash());
    }

    @Test
    void aTrialFindsWhatIsWrittenAtOnce() throws IOException {
        dump();
        var blind = Cli.run("image", "map", image.toString(), "--json").json();
        var learned = Cli.run("image", "map", image.toString(), "--learn", "--json");
        assertEquals(0, learned.status(), learned.errors());
        assertTrue(
                ((Number) learned.json().get("read")).longValue() > ((Number) blind.get("read")).longValue(),
                learned.output());
        assertEquals(blind.get("mapped"), learned.json().get("mapped"));
        assertEquals(List.of(), Processes.mentioning(questions.toString()), "the trial is over");
        assertEquals(sum, ask(restore(), 0));
    }

    @Test
    void aTrialThatFailsIsToldAndLeavesNothing() throws IOException {
        dump();
        var ended = Cli.run(
                "image", "map", image.toString(), "--learn", "--timeout", "1", "--url", "http://127.0.0.1:1/never");
        assertEquals(113, ended.status());
        assertTrue(ended.errors().contains("did not answer at http://127.0.0.1:1/never within 1 s"), ended.errors());
        assertTrue(ended.failsInTwoLines(), ended.errors());
        assertFalse(Files.exists(image.resolve("mapped")));
        assertEquals(List.of(), Processes.mentioning(questions.toString()));
    }

    @Test
    void anImageThatWasMovedIsMappedWhereItIs() throws IOException {
        dump();
        map();
        image = Files.move(image, directory.resolve("elsewhere"));
        long program = restore();
        assertTrue(isMapped(program));
        assertEquals(sum, ask(program, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mm-%d.img", "pagemap-%d.img", "files.img"})
    void aViewThatDoesNotServeIsLeftAlone(String name) throws IOException {
        long pid = dump();
        map();
        Files.write(image.resolve("mapped").resolve(name.formatted(pid)), new byte[] {1, 2, 3});
        long program = restore();
        assertFalse(isMapped(program));
        assertEquals(sum, ask(program, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-map", "--lazy", "--verify"})
    void memoryIsReadWhereThatIsAskedFor(String option) throws IOException {
        dump();
        assertEquals(0, Cli.run("image", "verify", image.toString()).status());
        map();
        long program = restore(option);
        assertFalse(isMapped(program));
        assertEquals(sum, ask(program, 0));
    }

    @Test
    void aProgramThatIsMappedCannotBeDumpedAgain() throws IOException {
        dump();
        map();
        long mapped = restore();
        var next = directory.resolve("next").toString();
        var refused = Cli.run("checkpoint", Long.toString(mapped), "--to", next, "--no-hooks");
        assertEquals(112, refused.status());
        assertTrue(refused.errors().contains("is mapped from the image in " + image), refused.errors());
        assertTrue(refused.errors().contains("--no-map"), refused.errors());
        assertTrue(Processes.runs(mapped));
        Processes.end(mapped);

        Await.until("a free PID", () -> !Files.exists(Path.of("/proc", Long.toString(mapped))));
        long read = restore("--no-map", "--pid-namespace", "never");
        assertEquals(sum, ask(read, 0));
        var replaced = checkpoint(read, "--overwrite");
        assertEquals(0, replaced.status(), replaced.errors());
        assertFalse(Files.exists(image.resolve("mapped")), "the view was of the image before");
        assertNotEquals(sum, ask(restore(), 1));
    }

    @Test
    void undoneItIsAsBefore() throws IOException {
        dump();
        map();
        var undone = Cli.run("image", "map", image.toString(), "--undo");
        assertEquals(0, undone.status(), undone.errors());
        assertEquals(image + ": restores read its memory again\n", undone.output());
        assertFalse(isMapped(restore()));
        assertEquals(
                image + ": its memory was not mapped\n",
                Cli.run("image", "map", image.toString(), "--undo").output());
    }

    @Test
    void whatIsWrongWithACallIsTold() throws IOException {
        dump();
        assertRefused(2, "choose --learn or --undo", image.toString(), "--learn", "--undo");
        assertRefused(2, "--url makes sense with --learn alone", image.toString(), "--url", "http://127.0.0.1/");
        assertRefused(2, "--timeout", image.toString(), "--learn", "--timeout", "0");
        assertRefused(2, "name the directory of an image", "");
        assertRefused(111, "there is no directory", directory.resolve("none").toString());
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertRefused(112, "others may read or change", image.toString());
    }

    private static void assertRefused(int status, String message, String... arguments) {
        var words =
                Stream.concat(Stream.of("image", "map"), Stream.of(arguments)).toArray(String[]::new);
        var ended = Cli.run(words);
        assertEquals(status, ended.status(), ended.errors());
        assertTrue(ended.errors().contains(message), ended.errors());
    }

    // --- programs and images

    private long dump() throws IOException {
        return dump(Jdk.all().findFirst().orElseThrow(), "Serial");
    }

    /** Returns the PID of the image's program, which has ended. */
    private long dump(Jdk jdk, String collector) throws IOException {
        var output = directory.resolve("output");
        var process = new ProcessBuilder(
                        "setsid",
                        jdk.java().toString(),
                        "-XX:+Use" + collector + "GC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MemoryProgram.class.getName(),
                        questions.toString())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        started.add(process.pid());
        outputs.put(process.pid(), output);
        sum = awaitWord(process.pid(), "start ");
        assertEquals(0, checkpoint(process.pid()).status());
        Processes.awaitEnd(process.pid());
        return process.pid();
    }

    private Cli checkpoint(long pid, String... options) {
        return Cli.run(Stream.concat(
                        Stream.of("checkpoint", Long.toString(pid), "--to", image.toString(), "--no-hooks"),
                        Stream.of(options))
                .toArray(String[]::new));
    }

    private void map() {
        var ended = Cli.run("image", "map", image.toString());
        assertEquals(0, ended.status(), ended.errors());
        assertTrue(ended.output().startsWith(image + ": "), ended.output());
    }

    private long restore(String... options) throws IOException {
        var output = directory.resolve("output " + outputs.size());
        var command = new ArrayList<>(List.of("sh", LAUNCHER.toString(), "restore", image.toString(), "--detach"));
        command.addAll(List.of("--output", output.toString()));
        command.addAll(List.of(options));
        var ended = Processes.run(command);
        assertEquals(0, ended.status(), ended.output());
        long pid = Long.parseLong(ended.output().strip());
        started.add(pid);
        outputs.put(pid, output);
        return pid;
    }

    /** Has the program use its memory for the number-th time. */
    private String ask(long pid, int number) throws IOException {
        var question = questions.resolve(Integer.toString(number));
        if (!Files.exists(question)) {
            Files.createFile(question);
        }
        return awaitWord(pid, "sum " + number + " ");
    }

    private String awaitWord(long pid, String beginning) {
        return Await.value("'" + beginning + "' of process " + pid, () -> {
            try {
                return Files.readAllLines(outputs.get(pid)).stream()
                        .filter(line -> line.startsWith(beginning))
                        .map(line -> line.substring(beginning.length()))
                        .findFirst();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private boolean isMapped(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "maps")).stream()
                .anyMatch(line -> line.contains(" " + image + "/pages-"));
    }

    private byte[] hash() throws IOException {
        try {
            return MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(image.resolve("pages-1.img")));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
