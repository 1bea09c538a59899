package dev.checkpointer;

import dev.checkpointer.internal.trigger.TriggerText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** How the text of a setting is read. Each method throws {@link IllegalArgumentException} for what is not allowed. */
enum SettingType {
    TEXT("text"),
    PATH("a path"),
    BOOLEAN("true or false"),
    DURATION("a number of seconds, or a number followed by ms, s, m or h, from 1ms to 8760h"),
    SIZE("a number of bytes, or a number followed by K, M or G"),
    LOG_LEVEL("a whole number from 0 (errors of last resort) to 4 (everything)"),
    AUTO("auto, true or false"),
    TCP("refuse, close or established"),
    HEAP("shrink or keep"),
    CPU("native or portable"),
    DESCRIPTORS("lenient or strict"),
    TIME("auto, continue or elapsed"),
    TRIGGER("http:URL, log:TEXT, delay:SECONDS, signal:USR1, signal:USR2 or main-returned");

    /** Longer ones would only overflow somewhere. */
    static final Duration LONGEST = Duration.ofDays(365);

    private static final Pattern NUMBER_WITH_UNIT = Pattern.compile("([0-9]{1,12})([A-Za-z]*)");

    private final String allowed;

    SettingType(String allowed) {
        this.allowed = allowed;
    }

    /** What is allowed, for people. */
    String allowed() {
        return allowed;
    }

    void check(String text) {
        switch (this) {
            case TEXT -> {}
            case PATH -> checkPath(text);
            case BOOLEAN -> require(text.equals("true") || text.equals("false"));
            case DURATION -> duration(text);
            case SIZE -> size(text);
            case LOG_LEVEL -> require(text.matches("[0-4]"));
            case AUTO -> require(text.equals("auto") || text.equals("true") || text.equals("false"));
            case TCP -> require(text.equals("refuse") || text.equals("close") || text.equals("established"));
            case HEAP -> require(text.equals("shrink") || text.equals("keep"));
            case TIME -> require(text.equals("auto") || text.equals("continue") || text.equals("elapsed"));
            case CPU -> require(text.equals("native") || text.equals("portable"));
            case DESCRIPTORS -> require(text.equals("lenient") || text.equals("strict"));
            case TRIGGER -> TriggerText.parse(text);
        }
    }

    static Duration duration(String text) {
        var match = NUMBER_WITH_UNIT.matcher(text);
        require(match.matches());
        long number = Long.parseLong(match.group(1));
        var duration = switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "", "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> throw new IllegalArgumentException();
        };
        require(!duration.isZero() && duration.compareTo(LONGEST) <= 0);
        return duration;
    }

    static long size(String text) {
        var match = NUMBER_WITH_UNIT.matcher(text);
        require(match.matches());
        long unit = switch (match.group(2)) {
            case "" -> 1L;
            case "K" -> 1L << 10;
            case "M" -> 1L << 20;
            case "G" -> 1L << 30;
            default -> throw new IllegalArgumentException();
        };
        return Math.multiplyExact(Long.parseLong(match.group(1)), unit);
    }

    /** The manifest and the launcher work with lines. */
    private static void checkPath(String text) {
        require(!text.isEmpty() && text.chars().noneMatch(Character::isISOControl));
        Path.of(text); // with a locale of plain ASCII not every character can stand in a path
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }
}
