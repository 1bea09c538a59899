package dev.checkpointer.benchmarks.start;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * An example application: how it is started and asked, and what it has to answer.
 *
 * @param name the one of its directory
 * @param title the one in tables
 * @param jar what the build makes of it, below its directory
 * @param nested whether its jar holds jars, which {@code -Djarmode=tools} extracts
 * @param options for the JVM; {@code %port} stands for the port
 * @param arguments for the program, likewise
 * @param question the path that is asked
 * @param fresh what a program answers to the first question of its life
 * @param later what it answers after the first answer and so many questions
 * @param trigger what makes its image
 * @param standby whether it can be on standby at the port that another one of it uses: its image does not listen
 */
record Example(
        String name,
        String title,
        String jar,
        boolean nested,
        List<String> options,
        List<String> arguments,
        String question,
        Pattern fresh,
        BiFunction<String, Integer, Pattern> later,
        Trigger trigger,
        boolean standby) {
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    /** What makes an image. */
    enum Trigger {
        /** {@code POST /checkpoint}. */
        ENDPOINT,
        /** {@code POST /actuator/checkpoint}. */
        ACTUATOR
    }

    static final List<Example> ALL = List.of(
            new Example(
                    "spring-boot",
                    "Spring Boot",
                    "target/spring-boot-example.jar",
                    true,
                    List.of(),
                    List.of("--server.port=%port"),
                    "/value",
                    Pattern.compile(UUID),
                    (first, asked) -> Pattern.compile(Pattern.quote(first)),
                    Trigger.ACTUATOR,
                    true),
            new Example(
                    "hello",
                    "hello",
                    "target/hello.jar",
                    false,
                    List.of("-Dport=%port"),
                    List.of(),
                    "/",
                    Pattern.compile("visit 1 to " + UUID + ", prime \\d+"),
                    (first, asked) -> Pattern.compile(Pattern.quote(
                                    first.replaceFirst("^visit 1 to (.*), prime.*", "visit " + (asked + 1) + " to $1,"))
                            + " prime \\d+"),
                    Trigger.ENDPOINT,
                    true));

    Path jar(Path root) {
        return root.resolve("examples").resolve(name).resolve(jar);
    }
}
