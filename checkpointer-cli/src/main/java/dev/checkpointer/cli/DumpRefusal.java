package dev.checkpointer.cli;

import dev.checkpointer.engine.EngineException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.crac.CheckpointException;

/** Tells why there is no image, in the words of the command's options. */
final class DumpRefusal {
    /** What the library calls by its settings, the command calls by its options. */
    private static final Map<String, String> OPTIONS = Map.of(
            "checkpointer.tcp=close", "--tcp close",
            "checkpointer.overwrite=true", "--overwrite",
            "checkpointer.ghost.limit above its size", "--ghost-limit with more than its size",
            "checkpointer.image to ", "--to with ",
            "checkpointer.engine to ", "--engine with ",
            "checkpointer.timeout", "--timeout");

    private DumpRefusal() {}

    static CommandException of(long pid, CheckpointException e) {
        var causes = Arrays.asList(e.getSuppressed());
        if (causes.isEmpty()) {
            return CommandException.of(e);
        }
        var first = CommandException.of(causes.get(0));
        var details = new ArrayList<>(first.details());
        for (var cause : causes.subList(1, causes.size())) {
            details.add(CommandException.of(cause).getMessage());
        }
        return new CommandException(first.status(), message(pid, first, causes), remedy(first), details, e);
    }

    private static String message(long pid, CommandException first, List<Throwable> causes) {
        boolean descriptor =
                causes.get(0) instanceof EngineException && first.getMessage().startsWith("cannot dump: ");
        return descriptor ? first.getMessage().replaceFirst("dump", "dump process " + pid) : first.getMessage();
    }

    static String remedy(CommandException failure) {
        var text = failure.remedy();
        for (var option : OPTIONS.entrySet()) {
            text = text.replace("Set " + option.getKey(), "Add " + option.getValue())
                    .replace("set " + option.getKey(), "add " + option.getValue())
                    .replace("or " + option.getKey(), "or " + option.getValue());
        }
        return text;
    }
}
