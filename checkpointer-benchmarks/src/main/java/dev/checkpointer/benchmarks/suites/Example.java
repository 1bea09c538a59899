package dev.checkpointer.benchmarks.suites;

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
 * @param dumped options for the JVM that is to be dumped
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
        List<String> dumped,
        boolean standby) {
    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    /** What makes an image. */
    enum Trigger {
        /** {@code POST /checkpoint}. */
        ENDPOINT,
        /** {@code POST /actuator/checkpoint}. */
        ACTUATOR,
        /** SIGUSR1. */
        SIGNAL,
        /** {@code bin/checkpointer checkpoint}, of which the program knows nothing. */
        COMMAND
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
                    List.of(),
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
                    List.of(),
                    true),
            new Example(
                    "quarkus",
                    "Quarkus",
                    "target/quarkus-app/quarkus-run.jar",
                    false,
                    List.of("-Dquarkus.http.port=%port"),
                    List.of(),
                    "/",
                    Pattern.compile("hello 1"),
                    (first, asked) -> Pattern.compile("hello " + (asked + 1)),
                    Trigger.COMMAND,
                    List.of(),
                    false),
            new Example(
                    "micronaut",
                    "Micronaut",
                    "target/micronaut-example.jar",
                    false,
                    List.of("-Dmicronaut.server.port=%port"),
                    List.of(),
                    "/",
                    Pattern.compile("hello 1"),
                    (first, asked) -> Pattern.compile("hello " + (asked + 1)),
                    Trigger.SIGNAL,
                    List.of("-Dcheckpointer.at=signal:USR1", "-Dcheckpointer.tcp=close"),
                    true));

    Path jar(Path root) {
        return root.resolve("examples").resolve(name).resolve(jar);
    }
}
