package dev.checkpointer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The launcher is a shell script that reads the options of a restore, and the completion takes them from a Java class. */
class RestoreOptionsTest {
    private static final Path LAUNCHER = Path.of(System.getProperty("test.root"), "bin/checkpointer");
    private static final Pattern OPTION = Pattern.compile("(?m)^ {2}(?:(-[a-zA-Z])[A-Z=]*|)[, ]+(--[a-z-]+)?");

    @Test
    void completionKnowsTheOptionsOfTheLauncher() throws Exception {
        var process = new ProcessBuilder(LAUNCHER.toString(), "restore", "--help").start();
        var help = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor());
        var told = new TreeSet<String>();
        OPTION.matcher(help).results().forEach(option -> {
            for (var name : new String[] {option.group(1), option.group(2)}) {
                if (name != null) {
                    told.add(name);
                }
            }
        });
        var known = Arrays.stream(RestoreCommand.class.getDeclaredFields())
                .filter(field -> field.isAnnotationPresent(Option.class))
                .flatMap(
                        field -> Arrays.stream(field.getAnnotation(Option.class).names()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, told);
        assertEquals(
                "restore", RestoreCommand.class.getAnnotation(Command.class).name());
    }
}
