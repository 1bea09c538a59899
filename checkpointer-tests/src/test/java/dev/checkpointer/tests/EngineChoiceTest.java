package dev.checkpointer.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which engine a program gets by what is on its path, on every JDK: the program is real, and so is its dump. */
@ParameterizedClass
@MethodSource("jdks")
class EngineChoiceTest {
    private static final List<String> MODULES =
            List.of("checkpointer-criu-exec", "checkpointer-criu-rpc", "checkpointer-libcriu-jna");
    private static final String ENABLED = "--enable-native-access=com.sun.jna";

    @Parameter
    Jdk jdk;

    @TempDir
    Path directory;

    static Stream<Jdk> jdks() {
        return Jdk.all();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        Await.until(
                "the end of every process of the test",
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    private static Stream<String> path() {
        return Arrays.stream(Target.classPath().split(":"));
    }

    /** The path with no engines but these. */
    private static String pathWith(List<String> modules) {
        return path().filter(entry -> MODULES.stream().noneMatch(entry::contains)
                        || modules.stream().anyMatch(entry::contains))
                .filter(entry -> !entry.contains("/checkpointer-tests/"))
                .collect(Collectors.joining(":"));
    }

    private boolean restrictsNativeAccess() {
        var release = "JAVA_VERSION=\"";
        try (var lines = Files.lines(jdk.home().resolve("release"))) {
            return lines.filter(line -> line.startsWith(release))
                    .map(line -> line.substring(release.length()).split("\\D")[0])
                    .anyMatch(version -> Integer.parseInt(version) >= 24);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Processes.Result run(List<String> options) throws IOException {
        var command = new ArrayList<>(List.of(jdk.java().toString(), "-XX:+UseSerialGC"));
        command.add("-Dcheckpointer.image=" + directory.resolve("image"));
        command.add("-Dcheckpointer.leave.running=true");
        command.addAll(options);
        return Processes.run(command);
    }

    private Processes.Result runModule(List<String> modules, String... options) throws IOException {
        var command = new ArrayList<>(List.of(options));
        command.addAll(List.of("-p", pathWith(modules)));
        command.addAll(List.of("-m", "dev.checkpointer.testkit/" + StreamsProgram.class.getName()));
        command.add(directory.toString());
        return run(command);
    }

    private void assertChosen(String engine, Processes.Result result) throws IOException {
        var manifest = directory.resolve("image/manifest");
        assertTrue(Files.exists(manifest), result.output());
        assertTrue(Files.readString(manifest).contains("\nengine=" + engine + "\n"), "not " + engine);
    }

    /** The JVM's own warnings. What the library warns of goes to a log. */
    private static void assertQuiet(Processes.Result result) {
        assertFalse(result.output().contains("WARNING: A restricted"), result.output());
    }

    @Test
    void theEngineOfCommandsIsChosenWhenItIsAlone() throws Exception {
        var result = runModule(List.of("checkpointer-criu-exec"));
        assertChosen("criu-exec", result);
        assertQuiet(result);
    }

    @ParameterizedTest
    @CsvSource({"checkpointer-criu-rpc, criu-rpc", "checkpointer-libcriu-jna, libcriu"})
    void nativeEngineIsChosenWhenItIsAloneAndNativeAccessIsEnabled(String module, String engine) throws Exception {
        var options = restrictsNativeAccess() ? new String[] {ENABLED} : new String[0];
        var result = runModule(List.of(module), options);
        assertChosen(engine, result);
        assertQuiet(result);
    }

    @ParameterizedTest
    @CsvSource({"checkpointer-criu-rpc, criu-rpc", "checkpointer-libcriu-jna, libcriu"})
    void nativeEngineTellsHowToEnableNativeAccess(String module, String engine) throws Exception {
        assumeTrue(restrictsNativeAccess(), "this JDK loads native code without a warning");
        var result = runModule(List.of(module));
        assertTrue(result.output().contains("no engine is available"), result.output());
        assertTrue(
                result.output()
                        .contains("used only by name: this JDK would print a warning when native code is loaded"),
                result.output());
        assertTrue(result.output().contains("Start java with " + ENABLED), result.output());
        assertQuiet(result);

        result = runModule(List.of(module), "-Dcheckpointer.engine=" + engine);
        assertChosen(engine, result);
    }

    @Test
    void ofAllEnginesTheBestOneThatMakesNoNoiseIsChosen() throws Exception {
        var result = runModule(MODULES);
        assertChosen(restrictsNativeAccess() ? "criu-exec" : "criu-rpc", result);
        assertQuiet(result);
    }

    @Test
    void ofAllEnginesTheProtocolsIsChosenWhenNativeAccessIsEnabled() throws Exception {
        assumeTrue(restrictsNativeAccess(), "this JDK loads native code without a warning");
        var result = runModule(MODULES, ENABLED);
        assertChosen("criu-rpc", result);
        assertQuiet(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"criu-exec", "criu-rpc", "libcriu"})
    void engineIsForcedByName(String engine) throws Exception {
        assertChosen(engine, runModule(MODULES, "-Dcheckpointer.engine=" + engine));
    }

    @Test
    void withoutTheirLibrariesTheNativeEnginesSayWhatIsMissing() throws Exception {
        var poor = Stream.of(pathWith(MODULES).split(":"))
                .filter(entry -> !entry.contains("jna-jpms"))
                .collect(Collectors.joining(":"));
        var result = run(List.of(
                "-Dcheckpointer.engine=nonsense", "-cp", poor, StreamsProgram.class.getName(), directory.toString()));
        for (var engine : List.of("criu-rpc", "libcriu")) {
            assertTrue(
                    result.output()
                            .contains(engine + ": not available: JNA is not on the class path or module path. Add"
                                    + " net.java.dev.jna:jna-jpms"),
                    result.output());
        }
        assertTrue(result.output().contains("criu-exec: available"), result.output());

        var withoutProtobuf = Stream.of(pathWith(MODULES).split(":"))
                .filter(entry -> !entry.contains("protobuf-java"))
                .collect(Collectors.joining(":"));
        result = run(List.of(
                "-Dcheckpointer.engine=nonsense",
                "-cp",
                withoutProtobuf,
                StreamsProgram.class.getName(),
                directory.toString()));
        assertTrue(
                result.output().contains("criu-rpc: not available: protobuf is not on the class path"),
                result.output());
    }

    @Test
    void reportNamesEveryCandidateWithVersionAndFeatures() throws Exception {
        var options = restrictsNativeAccess()
                ? new String[] {"-Dcheckpointer.engine=nonsense", ENABLED}
                : new String[] {"-Dcheckpointer.engine=nonsense"};
        var result = runModule(MODULES, options);
        for (var engine : List.of("criu-exec", "criu-rpc", "libcriu")) {
            assertTrue(
                    result.output().matches("(?s).*" + engine + ": available \\([0-9.]+; image, self-dump, .*"),
                    result.output());
        }
    }

    @Test
    void manifestOfTheApplicationEnablesNativeAccess() throws Exception {
        var jar = directory.resolve("application.jar");
        var manifest = Files.writeString(
                directory.resolve("manifest.txt"), """
                Main-Class: %s
                Class-Path: %s
                Enable-Native-Access: ALL-UNNAMED
                """.formatted(StreamsProgram.class.getName(), manifestPath()));
        var jarCommand = jdk.home().resolve("bin/jar").toString();
        var made = Processes.run(
                List.of(jarCommand, "--create", "--file", jar.toString(), "--manifest", manifest.toString()));
        assertEquals(0, made.status(), made.output());
        var result = run(List.of("-jar", jar.toString(), directory.toString()));
        assertChosen("criu-rpc", result);
        assertQuiet(result);
    }

    /** A line of a manifest has 72 bytes; the next ones begin with a space. Directories end with a slash. */
    private static String manifestPath() {
        var text = Stream.of(pathWith(MODULES).split(":"))
                .map(entry -> "file:" + entry + (entry.endsWith(".jar") ? "" : "/"))
                .collect(Collectors.joining(" "));
        return text.replaceAll("(.{50})", "$1\n ");
    }
}
