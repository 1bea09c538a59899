package dev.checkpointer.cli.jvm;

import java.io.IOException;
import java.util.List;

/**
 * What an agent answers to a command.
 *
 * @param ok whether it begins with {@code ok}
 * @param text the verdict without that word
 * @param details the lines before it, such as causes
 */
public record AgentAnswer(boolean ok, String text, List<String> details) {
    /** Reads the answer to a single command. */
    static AgentAnswer of(String answer) throws IOException {
        var lines = answer.lines().toList();
        var verdict = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        if (!verdict.matches("(ok|error)( .*)?")) {
            throw new IOException("no answer");
        }
        var details = lines.subList(0, lines.size() - 1).stream()
                .map(line -> line.startsWith(" ") ? line.substring(1) : line)
                .toList();
        return new AgentAnswer(verdict.startsWith("ok"), verdict.replaceFirst("^\\w+ ?", ""), details);
    }
}
