package dev.checkpointer;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Tells of system properties that look like settings and are none. */
final class UnknownSetting {
    private static final String PREFIX = "checkpointer.";

    /** The names of engines are not known here: others may add some. */
    private static final Pattern ENGINE_SWITCH = Pattern.compile("(checkpointer\\.engine\\.[a-z0-9-]+)\\.(.+)");

    private UnknownSetting() {}

    static List<String> among(Collection<String> properties) {
        return properties.stream()
                .filter(name -> name.startsWith(PREFIX) && !known(name))
                .sorted()
                .map(name -> "system property " + name + " is not a setting; the closest one is " + closest(name))
                .toList();
    }

    private static boolean known(String name) {
        var engineSwitch = ENGINE_SWITCH.matcher(name);
        return Setting.ofProperty(name).isPresent()
                || engineSwitch.matches() && engineSwitch.group(2).equals("enabled");
    }

    private static String closest(String name) {
        var engineSwitch = ENGINE_SWITCH.matcher(name);
        return Stream.concat(
                        Arrays.stream(Setting.values()).map(Setting::property),
                        engineSwitch.matches() ? Stream.of(engineSwitch.group(1) + ".enabled") : Stream.empty())
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .orElseThrow();
    }

    /** How many characters have to be added, removed or replaced (Levenshtein). */
    static int distance(String a, String b) {
        var above = new int[b.length() + 1];
        Arrays.setAll(above, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            var row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
