package dev.checkpointer.cli;

import dev.checkpointer.SettingException;
import dev.checkpointer.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A failure as the command tells it. */
class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String remedy;
    private final transient List<String> details;

    CommandException(int status, String message, String remedy) {
        this(status, message, remedy, List.of(), null);
    }

    CommandException(int status, String message, String remedy, List<String> details, Throwable cause) {
        super(message, cause);
        this.status = status;
        this.remedy = remedy;
        this.details = List.copyOf(details);
    }

    /** Any failure of a command. What nobody foresaw is told too, with the way to see more of it. */
    static CommandException of(Throwable e) {
        if (e instanceof CommandException known) {
            return known;
        }
        if (e instanceof EngineException engine) {
            return of(engine);
        }
        if (e instanceof SettingException setting) {
            return new CommandException(ExitStatus.USAGE, setting.getMessage(), "Correct the setting", List.of(), e);
        }
        return new CommandException(
                ExitStatus.FAILED, "unexpected: " + e, "Add --debug to see where it comes from", List.of(), e);
    }

    private static CommandException of(EngineException e) {
        var details = new ArrayList<>(e.logLines());
        e.log().ifPresent(log -> details.add("log: " + log));
        return new CommandException(ExitStatus.of(e), message(e), e.remedy(), details, e);
    }

    /** The same failure with more details. */
    CommandException with(List<String> more) {
        var all = new ArrayList<>(details());
        all.addAll(more);
        return new CommandException(status, getMessage(), remedy, all, this);
    }

    /** The first line of an engine's exception; the remedy and the log are told apart from it. */
    static String message(EngineException e) {
        return e.summary().lines().findFirst().orElse("");
    }

    int status() {
        return status;
    }

    String remedy() {
        return remedy;
    }

    List<String> details() {
        return Optional.ofNullable(details).orElse(List.of());
    }
}
