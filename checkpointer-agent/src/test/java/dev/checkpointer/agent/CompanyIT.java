package dev.checkpointer.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the agent meets in programs: named modules, and a checkpointer of another version than its own. */
class CompanyIT {
    private static final String PROGRAM = """
            package program;

            import org.crac.Context;
            import org.crac.Core;
            import org.crac.Resource;

            public class Main implements Resource {
                public static void main(String[] arguments) throws Exception {
                    var resource = new Main();
                    Core.getGlobalContext().register(resource);
                    System.out.println("ready in " + Main.class.getModule());
                    while (resource != null) {
                        Thread.sleep(20);
                    }
                }

                @Override
                public void beforeCheckpoint(Context<? extends Resource> context) {
                    System.out.println("before");
                }

                @Override
                public void afterRestore(Context<? extends Resource> context) {
                    System.out.println("after");
                }
            }
            """;

    private final Path directory;

    CompanyIT() throws IOException {
        directory = AgentFixture.newDirectory();
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void programOfNamedModulesIsDumpedAndRestored(Jdk jdk) throws IOException {
        var path = entries("/org/crac/") + ":" + entries("/checkpointer-api/");
        for (var required : List.of("org.crac", "dev.checkpointer")) {
            try (var program = startModule(jdk, required, path, "--add-modules", "jdk.net")) {
                program.awaitSocket();
                program.awaitLine("ready in module program");
                assertEquals(" program.Main\nok resources=1\n", program.ask("resources"));
                Criu.restore(program, Criu.dump(program), AgentFixture.ACTIONS);
                program.awaitStatus("last=restored");
                assertEquals("ready in module program\nbefore\nafter\n", program.output());
            }
        }
    }

    @Test
    void programWithoutTheModuleOfTheSocketsIsToldWhichOne() throws IOException {
        try (var program = startModule(AgentFixture.jdk(), "org.crac", entries("/org/crac/"))) {
            program.awaitLine("ready in module program");
            Await.until("the remedy", () -> program.output().contains("goes on without it. "));
            var lines = program.output()
                    .lines()
                    .filter(line -> !line.startsWith("ready"))
                    .toList();
            assertEquals(
                    List.of(
                            "checkpointer agent: not started: the program lacks the module jdk.net",
                            "  The program goes on without it. Start it with --add-modules jdk.net"),
                    lines);
            assertTrue(Processes.runs(program.pid()));
        }
    }

    @Test
    void anotherVersionIsTold() throws IOException {
        var old = oldVersion();
        try (var program = start(old + ":" + Target.classPath())) {
            program.awaitSocket();
            program.awaitLine("ready");
            Await.until("the warning", () -> program.output().contains("  Use "));
            assertTrue(
                    program.output()
                            .contains("checkpointer agent: the program has checkpointer 0.0.1, and the agent is "),
                    program.output());
            assertEquals("ok prepared for a dump\n", program.ask("before-checkpoint"));
            assertEquals("ok aborted\n", program.ask("abort"));
        }
    }

    /** Of a method that is called later, only the command that needs it knows. */
    @Test
    void aVersionThatLacksAMethodIsToldByTheCommand() throws IOException {
        var old = oldVersion();
        compile(
                old,
                List.of("-cp", Target.classPath()),
                "dev/checkpointer/Checkpointer.java",
                "package dev.checkpointer; public final class Checkpointer { }");
        try (var program = start(old + ":" + Target.classPath())) {
            program.awaitSocket();
            program.awaitLine("ready");
            var answer = program.ask("before-checkpoint");
            assertTrue(answer.contains("NoSuchMethodError"), answer);
            assertTrue(answer.endsWith("error nothing was prepared\n"), answer);
            assertTrue(program.ask("resources").endsWith("error the agent failed\n"));
            assertTrue(program.output().contains("the program has checkpointer 0.0.1"), program.output());
            assertTrue(program.ask("status").contains("state=idle"));
            assertTrue(Processes.runs(program.pid()));
        }
    }

    @Test
    void aVersionThatTheAgentCannotWorkWithLeavesTheProgramAlone() throws IOException {
        var old = oldVersion();
        compile(
                old,
                List.of("-cp", Target.classPath()),
                "dev/checkpointer/SettingException.java",
                "package dev.checkpointer; public final class SettingException { }");
        try (var program = start(old + ":" + Target.classPath())) {
            program.awaitLine("ready");
            Await.until("the remedy", () -> program.output().contains("goes on without it. "));
            assertTrue(program.output().contains("the program has checkpointer 0.0.1"), program.output());
            assertTrue(program.output().contains("checkpointer agent: not started: java.lang."), program.output());
            assertTrue(program.output().contains("Use the agent of the same version"), program.output());
            assertTrue(Processes.runs(program.pid()));
        }
    }

    private AgentFixture start(String classPath) throws IOException {
        return AgentFixture.start(
                AgentFixture.jdk(), classPath, List.of("-javaagent:%agent=control=%control"), ResourceProgram.class);
    }

    private AgentFixture startModule(Jdk jdk, String required, String path, String... options) throws IOException {
        var module = directory.resolve("module." + required);
        compile(
                module,
                List.of("--module-path", path),
                "module-info.java",
                "module program { requires " + required + "; exports program; }",
                "program/Main.java",
                PROGRAM);
        var all = new ArrayList<>(List.of("-javaagent:%agent=control=%control"));
        all.addAll(Arrays.asList(options));
        all.addAll(List.of("-p", path + ":" + module, "-m", "program/program.Main"));
        return AgentFixture.start(jdk, all);
    }

    /** Comes before the real one on the class path. */
    private Path oldVersion() throws IOException {
        var old = directory.resolve("old");
        var version = old.resolve("dev/checkpointer/internal/jvm/version.properties");
        Files.createDirectories(version.getParent());
        Files.writeString(version, "version=0.0.1\n");
        return old;
    }

    private static void compile(Path to, List<String> options, String... sources) throws IOException {
        var from = Files.createDirectories(to.resolveSibling(to.getFileName() + ".src"));
        var arguments = new ArrayList<>(options);
        arguments.addAll(List.of("-d", Files.createDirectories(to).toString(), "--release", "17", "-implicit:none"));
        for (int i = 0; i < sources.length; i += 2) {
            var file = from.resolve(sources[i]);
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, sources[i + 1]).toString());
        }
        var compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, arguments.toArray(String[]::new)));
    }

    private static String entries(String part) {
        return Arrays.stream(Target.classPath().split(":"))
                .filter(entry -> entry.contains(part))
                .collect(Collectors.joining(":"));
    }
}
