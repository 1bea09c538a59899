package dev.checkpointer.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion script for fish, which picocli does not write: one {@code complete} for each word (complete(1)). */
final class FishCompletion {
    private final String command;
    private final List<String> lines = new ArrayList<>();

    private FishCompletion(String command) {
        this.command = command;
    }

    static String of(CommandSpec root) {
        var script = new FishCompletion(root.name());
        script.add("-f");
        root.options().forEach(option -> script.option("__fish_use_subcommand", option));
        script.verbs("__fish_use_subcommand", root);
        return String.join("\n", script.lines);
    }

    private void verbs(String condition, CommandSpec parent) {
        parent.subcommands().forEach((name, verb) -> {
            var spec = verb.getCommandSpec();
            add("-n " + condition + " -a " + name
                    + description(spec.usageMessage().description()));
            var inside = "'__fish_seen_subcommand_from " + name + "'";
            spec.options().forEach(option -> option(inside, option));
            spec.positionalParameters().forEach(parameter -> add("-n " + inside + " " + values(parameter)));
            verbs(inside, spec);
        });
    }

    private void add(String rest) {
        lines.add("complete -c " + command + " " + rest);
    }

    private void option(String condition, OptionSpec option) {
        var words = new StringBuilder("-n ").append(condition);
        for (var name : option.names()) {
            words.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        if (option.arity().max() > 0) {
            words.append(" -r ").append(values(option));
        }
        add(words + description(option.description()));
    }

    /** Files are for paths alone. */
    private static String values(ArgSpec argument) {
        if (argument.completionCandidates() != null) {
            var words = StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                    .toList();
            return "-f -a " + quoted(String.join(" ", words));
        }
        if (argument.paramLabel().equals("PID")) {
            return "-f -a '(__fish_complete_pids)'";
        }
        return argument.type() == Path.class ? "-F" : "-f";
    }

    private static String description(String[] text) {
        return text.length == 0 ? "" : " -d " + quoted(text[0].replaceAll("\\s*[:(].*|\\.$", ""));
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
