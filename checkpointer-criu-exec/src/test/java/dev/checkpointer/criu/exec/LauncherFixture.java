package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Images of {@link StreamsProgram} and the launcher, {@code bin/checkpointer}, run as people run it. */
abstract class LauncherFixture {
    static final Path LAUNCHER = Path.of(System.getProperty("test.root"), "bin/checkpointer");

    /** The suite may run where signals are ignored, as below nohup, and children inherit that. */
    static final List<String> HEEDING_SIGNALS = List.of("env", "--default-signal=TERM,INT,HUP");

    @TempDir
    Path directory;

    private final List<Process> launchers = new ArrayList<>();
    Path image;

    /** How a launcher ended. */
    record Ended(int status, String output, String errors) {}

    @BeforeEach
    void makeImage() throws IOException {
        image = directory.resolve("image");
        checkpoint(Jdk.all().findFirst().orElseThrow(), Map.of("checkpointer.image", image.toString()));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        launchers.forEach(Process::destroyForcibly);
        Await.until(
                "the end of every process of the test",
                () -> Processes.mentioning(directory.toString()).isEmpty());
        assertTrue(leftovers().isEmpty(), () -> "left behind: " + leftovers());
    }

    /** Working directories of the launcher; those with a log of a failed restore are meant to stay. */
    private List<String> leftovers() {
        var names = directory.toFile().list((parent, name) -> name.startsWith("checkpointer."));
        return names == null
                ? List.of()
                : List.of(names).stream()
                        .filter(name -> !Files.exists(directory.resolve(name).resolve("restore.log"))
                                && !Files.exists(directory.resolve(name).resolve("criu.out")))
                        .toList();
    }

    /** Runs the program until it has checkpointed itself; its streams are pipes then. */
    void checkpoint(Jdk jdk, Map<String, String> properties) throws IOException {
        var command = new ArrayList<>(HEEDING_SIGNALS);
        command.addAll(List.of(jdk.java().toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", Target.classPath(), StreamsProgram.class.getName()));
        command.add(directory.toString());
        dump(new ProcessBuilder(command));
    }

    /** Runs a program that checkpoints itself until it has ended. */
    void dump(ProcessBuilder program) throws IOException {
        var process = program.directory(directory.toFile()).start();
        launchers.add(process);
        Await.until("the end of the dumped program", () -> !process.isAlive());
        var errors = new String(process.getErrorStream().readAllBytes());
        assertTrue(Files.exists(image.resolve("manifest")), () -> "no image: " + errors);
    }

    ProcessBuilder launcher(String... arguments) {
        var command = new ArrayList<>(HEEDING_SIGNALS);
        command.add(LAUNCHER.toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().put("TMPDIR", directory.toString());
        builder.directory(directory.toFile());
        return builder;
    }

    /** Starts a launcher that reads from a pipe and writes to the files {@code out} and {@code err}. */
    Process start(ProcessBuilder builder) throws IOException {
        var process =
                builder.redirectOutput(file("out")).redirectError(file("err")).start();
        launchers.add(process);
        return process;
    }

    Ended run(String... arguments) throws IOException {
        return ended(start(launcher(arguments)));
    }

    Ended ended(Process process) throws IOException {
        process.getOutputStream().close();
        Await.until("the end of the launcher", () -> !process.isAlive());
        return new Ended(process.exitValue(), read("out"), read("err"));
    }

    void say(Process process, String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes());
        process.getOutputStream().flush();
    }

    void awaitOutput(String text) {
        Await.until("'" + text + "' on standard output", () -> read("out").contains(text));
    }

    String read(String name) {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            return "";
        }
    }

    File file(String name) {
        return directory.resolve(name).toFile();
    }

    /** Changes lines of the manifest. */
    void editManifest(String pattern, String replacement) throws IOException {
        var manifest = image.resolve("manifest");
        var text = Files.readString(manifest);
        var changed = text.replaceAll("(?m)" + pattern, replacement);
        assertTrue(!text.equals(changed), "the manifest has no " + pattern);
        Files.writeString(manifest, changed);
    }

    Path script(String name, String text) throws IOException {
        var file = Files.writeString(directory.resolve(name), text);
        assertTrue(file.toFile().setExecutable(true));
        return file;
    }

    /** A search path with what the launcher needs, and nothing more. */
    String pathWithoutPerl() throws IOException {
        var bin = Files.createDirectory(directory.resolve("bin"));
        for (var tool : List.of(
                "sh",
                "awk",
                "mktemp",
                "cat",
                "grep",
                "stat",
                "id",
                "cp",
                "mkdir",
                "mkfifo",
                "timeout",
                "head",
                "rm",
                "sleep",
                "sed",
                "unshare",
                "setsid",
                "readlink")) {
            Files.createSymbolicLink(bin.resolve(tool), which(tool));
        }
        return bin.toString();
    }

    private static Path which(String tool) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .map(place -> Path.of(place, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + tool));
    }
}
