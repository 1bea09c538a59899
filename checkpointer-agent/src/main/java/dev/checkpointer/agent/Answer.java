package dev.checkpointer.agent;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a client gets: any number of lines that begin with a space, and one that begins with {@code ok} or {@code error}.
 *
 * @param details without line breaks
 * @param verdict the last line
 */
record Answer(List<String> details, String verdict) {
    static Answer ok(String text) {
        return ok(List.of(), text);
    }

    static Answer ok(List<String> details, String text) {
        return new Answer(lines(details), text.isEmpty() ? "ok" : "ok " + oneLine(text));
    }

    static Answer error(String text) {
        return error(List.of(), text);
    }

    static Answer error(List<String> details, String text) {
        return new Answer(lines(details), "error " + oneLine(text));
    }

    boolean isOk() {
        return verdict.startsWith("ok");
    }

    /** The text as it goes over the socket. */
    String text() {
        var text = new StringBuilder();
        details.forEach(line -> text.append(' ').append(line).append('\n'));
        return text.append(verdict).append('\n').toString();
    }

    private static List<String> lines(List<String> texts) {
        return texts.stream()
                .flatMap(text -> Stream.of(text.split("\\R")))
                .map(Answer::oneLine)
                .toList();
    }

    private static String oneLine(String text) {
        var line = new StringBuilder(text.length());
        text.chars().forEach(c -> line.append(Character.isISOControl(c) ? ' ' : (char) c));
        return line.toString();
    }
}
