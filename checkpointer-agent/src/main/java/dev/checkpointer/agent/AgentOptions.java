package dev.checkpointer.agent;

import dev.checkpointer.Setting;
import dev.checkpointer.SettingException;
import dev.checkpointer.Settings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The text behind the jar: settings without their prefix, separated by commas. */
final class AgentOptions {
    private static final String PREFIX = "checkpointer.";

    private AgentOptions() {}

    /** The system properties that the options stand for. */
    static Map<String, String> parse(String options) throws AgentException {
        var properties = new LinkedHashMap<String, String>();
        if (options == null || options.isBlank()) {
            return properties;
        }
        for (var option : options.split(",")) {
            int equals = option.indexOf('=');
            var key = equals < 0 ? option.strip() : option.substring(0, equals).strip();
            if (equals < 0 || !known(key)) {
                throw new AgentException(
                        equals < 0
                                ? "option '" + option + "' is not of the form key=value"
                                : "option '" + key + "' is unknown",
                        "Options are " + names() + ". A value with a comma goes into the system property");
            }
            properties.put(PREFIX + key, option.substring(equals + 1));
        }
        check(properties);
        return properties;
    }

    private static void check(Map<String, String> properties) throws AgentException {
        var settings = Settings.of(properties, Map.of());
        try {
            for (var setting : Setting.values()) {
                settings.text(setting);
            }
        } catch (SettingException e) {
            throw new AgentException(e.getMessage(), "Correct the agent's options");
        }
    }

    private static boolean known(String key) {
        return Settings.of(Map.of(PREFIX + key, ""), Map.of()).unknown().isEmpty();
    }

    private static String names() {
        return Arrays.stream(Setting.values())
                .map(setting -> setting.property().substring(PREFIX.length()))
                .collect(Collectors.joining(", "));
    }
}
