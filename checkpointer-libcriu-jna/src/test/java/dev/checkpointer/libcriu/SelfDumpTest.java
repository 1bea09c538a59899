package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that dump themselves, where they are started in a special way. */
class SelfDumpTest {
    @TempDir
    Path directory;

    private final List<String> options = new ArrayList<>(List.of("-Dcheckpointer.engine=libcriu"));
    private String classPath = Target.classPath();

    /** Runs a program, which ends with a stack trace when its checkpoint fails. */
    private Processes.Result run(List<String> wrapper, Class<?> program, String... arguments) throws IOException {
        var command = new ArrayList<>(wrapper);
        command.add(Jdk.all().findFirst().orElseThrow().java().toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("-Dcheckpointer.image=" + image());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, program.getName()));
        command.addAll(List.of(arguments));
        return Processes.run(command);
    }

    private Processes.Result run(String... wrapper) throws IOException {
        return run(List.of(wrapper), StreamsProgram.class, directory.toString());
    }

    private Path image() {
        return directory.resolve("image");
    }

    private String read(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void withoutJnaTheReportSaysSo() throws Exception {
        classPath = Arrays.stream(classPath.split(":"))
                .filter(entry -> !entry.contains("/jna-"))
                .collect(Collectors.joining(":"));
        var result = run();
        assertEquals(1, result.status());
        assertTrue(
                result.output().contains("engine libcriu: not available: JNA is not on the class path or module path"),
                result.output());
        assertTrue(result.output().contains("Add net.java.dev.jna:jna-jpms"), result.output());
    }

    @Test
    void wrongLibraryIsNamedInTheReport() throws Exception {
        options.add("-Dcheckpointer.libcriu=/nonexistent/libcriu.so.2");
        var result = run();
        assertEquals(1, result.status());
        assertTrue(
                result.output().contains("checkpointer.libcriu names /nonexistent/libcriu.so.2, which is not a file"),
                result.output());
    }

    @Test
    void fileThatIsNoLibraryLeavesTheProgramRunning() throws Exception {
        var file = Files.writeString(directory.resolve("libcriu.so.2"), "no library");
        options.add("-Dcheckpointer.libcriu=" + file);
        var result = run();
        assertEquals(1, result.status());
        assertTrue(result.output().contains("cannot load " + file), result.output());
        assertTrue(result.output().contains("shutdown"), "the program went on to its end");
    }

    @Test
    void pid1IsRefusedWithTheRemedy() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "a PID namespace needs root");
        var result = run("unshare", "--pid", "--fork", "--mount-proc");
        assertEquals(1, result.status());
        assertTrue(result.output().contains("it is PID 1. Start the program below another PID 1"), result.output());
    }

    @Test
    void childSubreaperIsRefusedWithTheRemedy() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the number of prctl is that of x86-64");
        // prctl(PR_SET_CHILD_SUBREAPER) survives exec, so the JVM is one from its start.
        var result = run("perl", "-e", "syscall(157, 36, 1, 0, 0, 0) == 0 or die; exec @ARGV");
        assertEquals(1, result.status());
        assertTrue(result.output().contains("child subreaper"), result.output());
        assertFalse(Files.exists(image().resolve("manifest")));
    }

    @Test
    void directoryMayHaveAnyName() throws Exception {
        directory = Files.createDirectory(directory.resolve("a 'b\" $(touch c) #d"));
        var result = run();
        assertTrue(Files.exists(image().resolve("manifest")), result.output());
    }

    @Test
    void moduleOnTheModulePathIsChosen() throws Exception {
        var command = List.of(
                Jdk.all().findFirst().orElseThrow().java().toString(),
                "-Dcheckpointer.image=" + image(),
                "-p",
                classPath,
                "-m",
                "dev.checkpointer.testkit/" + StreamsProgram.class.getName(),
                directory.toString());
        var result = Processes.run(command);
        assertTrue(Files.exists(image().resolve("manifest")), result.output());
        assertTrue(read("image/manifest").contains("\nengine=libcriu\n"));
        var restored = directory.resolve("restored.txt");
        var request = RestoreRequest.builder(image()).engine("libcriu").output(restored);
        Checkpointer.restore(request.build());
        Await.until(
                "the program's end",
                () -> Files.exists(restored) && read("restored.txt").contains("shutdown"));
    }

    @Test
    void anotherFileStandsInForAnOpenOne() throws Exception {
        var old = Files.writeString(directory.resolve("old.txt"), "old\n");
        var result = run(List.of(), InheritProgram.class, old.toString());
        assertTrue(Files.exists(image().resolve("manifest")), result.output());
        var other = Files.writeString(directory.resolve("new.txt"), "new\n");
        var restored = directory.resolve("restored.txt");
        var request = RestoreRequest.builder(image())
                .engine("libcriu")
                .output(restored)
                .inherit(old.toString().substring(1), Redirect.from(other.toFile()));
        Checkpointer.restore(request.build());
        Await.until(
                "the program's line",
                () -> Files.exists(restored) && read("restored.txt").contains("read new\n"));
    }
}
