package dev.checkpointer.internal.restore;

import dev.checkpointer.RestoreArguments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * What the one who restores tells the restored program, as lines in UTF-8: a header, {@code image=PATH},
 * {@code ready=PATH}, {@code property=NAME=VALUE}, {@code variable=NAME=VALUE}, {@code argument=VALUE}, {@code main=CLASS}, and {@code end}. A
 * newline in a value is written as {@code \n}, a backslash as {@code \\}. {@code bin/checkpointer} writes the same.
 *
 * @param image the image's directory
 * @param ready a file that the program makes when its resources were notified; empty when nobody waits for it
 * @param arguments what the user had to tell
 */
public record RestoreMessage(Path image, Optional<Path> ready, RestoreArguments arguments) {
    private static final String HEADER = "checkpointer-restore 1";
    private static final String END = "end";

    /**
     * Encodes.
     *
     * @return the bytes
     */
    public byte[] encode() {
        var lines = new ArrayList<>(List.of(HEADER, "image=" + escaped(image.toString())));
        ready.ifPresent(file -> lines.add("ready=" + escaped(file.toString())));
        arguments.properties().forEach((name, value) -> lines.add("property=" + escaped(name + "=" + value)));
        arguments.environment().forEach((name, value) -> lines.add("variable=" + escaped(name + "=" + value)));
        arguments.arguments().forEach(argument -> lines.add("argument=" + escaped(argument)));
        arguments.mainClass().ifPresent(name -> lines.add("main=" + escaped(name)));
        lines.add(END);
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Decodes.
     *
     * @param bytes a whole message
     * @return the message
     * @throws IOException when it is none, or not whole
     */
    public static RestoreMessage decode(byte[] bytes) throws IOException {
        var lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        if (lines.length < 3 || !lines[0].equals(HEADER) || !lines[lines.length - 2].equals(END)) {
            throw new IOException("what this program was told at its restore is not whole, or of another version");
        }
        var image = Path.of("");
        var ready = Optional.<Path>empty();
        var properties = new LinkedHashMap<String, String>();
        var environment = new LinkedHashMap<String, String>();
        var arguments = new ArrayList<String>();
        var main = Optional.<String>empty();
        for (var line : List.of(lines).subList(1, lines.length - 2)) {
            var value = unescaped(line.substring(line.indexOf('=') + 1));
            int equals = value.indexOf('=');
            switch (line.substring(0, line.indexOf('=') + 1)) {
                case "image=" -> image = Path.of(value);
                case "ready=" -> ready = Optional.of(Path.of(value));
                case "property=" -> properties.put(value.substring(0, equals), value.substring(equals + 1));
                case "variable=" -> environment.put(value.substring(0, equals), value.substring(equals + 1));
                case "argument=" -> arguments.add(value);
                case "main=" -> main = Optional.of(value);
                default -> throw new IOException("a line of what this program was told at its restore is unknown");
            }
        }
        return new RestoreMessage(image, ready, new RestoreArguments(properties, environment, arguments, main));
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String unescaped(String value) {
        if (value.indexOf('\\') < 0) {
            return value;
        }
        var text = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && i + 1 < value.length()) {
                char next = value.charAt(++i);
                text.append(next == 'n' ? '\n' : next);
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
