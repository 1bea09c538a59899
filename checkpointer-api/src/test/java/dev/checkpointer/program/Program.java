package dev.checkpointer.program;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.checkpointer.Checkpointer;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.crac.Core;

/** Compiles the modules in {@code src/test/programs}, and runs them in JVMs of their own. */
final class Program {
    private static final Path SOURCES = Path.of(System.getProperty("basedir", "."), "src/test/programs");
    private static final Path LOGGING =
            Path.of(System.getProperty("basedir", "."), "src/test/resources/logging.properties");
    private static final long DEADLINE_SECONDS = 120;

    /** How a JVM is told of its classes. */
    enum Launch {
        CLASS_PATH,
        MODULE_PATH
    }

    /** What a JVM did. */
    record Result(int status, String output) {
        List<String> lines() {
            return output.lines().toList();
        }
    }

    private Program() {}

    /** Compiles a module into a directory of its name, where its services file goes too, for the class path. */
    static Path compile(String module, Path into) throws IOException {
        var sources = SOURCES.resolve(module);
        var classes = Files.createDirectories(into.resolve(module));
        var arguments = new ArrayList<>(List.of(
                "--release",
                "17",
                "-p",
                join(libraries()),
                "-d",
                classes.toString(),
                "-Xlint:all,-missing-explicit-ctor",
                "-Werror"));
        try (var files = Files.walk(sources)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (file.toString().endsWith(".java")) {
                    arguments.add(file.toString());
                } else {
                    var copy = classes.resolve(sources.relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
        var output = new StringWriter();
        var writer = new PrintWriter(output);
        int status =
                ToolProvider.findFirst("javac").orElseThrow().run(writer, writer, arguments.toArray(String[]::new));
        assertTrue(status == 0, output::toString);
        return classes;
    }

    /** Runs the main class {@code module.Main} with a scenario; options of the JVM come first. */
    static Result run(Launch launch, List<Path> modules, List<String> options, String scenario)
            throws IOException, InterruptedException {
        return run(launch, modules, options, Map.of(), scenario);
    }

    static Result run(
            Launch launch, List<Path> modules, List<String> options, Map<String, String> environment, String scenario)
            throws IOException, InterruptedException {
        var module = modules.get(0).getFileName().toString();
        var path = join(Stream.concat(modules.stream(), libraries().stream()).toList());
        var arguments = new ArrayList<>(options);
        switch (launch) {
            case CLASS_PATH -> arguments.addAll(List.of("-cp", path, module + ".Main", scenario));
            case MODULE_PATH -> arguments.addAll(List.of("-p", path, "-m", module + "/" + module + ".Main", scenario));
        }
        return java(arguments, environment);
    }

    private static Result java(List<String> arguments, Map<String, String> environment)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Djava.util.logging.config.file=" + LOGGING));
        command.addAll(arguments);
        var output = Files.createTempFile("program", ".out");
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("CHECKPOINTER_"));
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            builder.environment().putAll(environment);
            var process = builder.start();
            try {
                if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                    fail("still running after " + DEADLINE_SECONDS + " s: " + command + "\n"
                            + Files.readString(output));
                }
                return new Result(process.exitValue(), Files.readString(output));
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.delete(output);
        }
    }

    private static List<Path> libraries() {
        return List.of(place(Checkpointer.class), place(Core.class));
    }

    private static Path place(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String join(List<Path> path) {
        return path.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
