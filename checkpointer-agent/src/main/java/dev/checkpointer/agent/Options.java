package dev.checkpointer.agent;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The words {@code key=value} of a command. Those that are settings count for this checkpoint alone.
 *
 * @param request what the settings of the JVM and the command say
 * @param timeout how long the notification may take, and then the time until the dump
 * @param dumper the process that will dump
 * @param look how the descriptors are looked at
 * @param sizes whether the client wants to know how small the heap became
 */
record Options(CheckpointRequest request, Duration timeout, Optional<ProcessHandle> dumper, Look look, boolean sizes) {
    /** Whether descriptors are closed by rules, and those that cannot come back refused. */
    enum Look {
        /** In any case. */
        TRUE,
        /** When the program has rules about them, or tells where they were opened; otherwise the dumper does it. */
        RULES,
        /** Never. */
        FALSE;

        private static Look of(String text) {
            for (var look : values()) {
                if (look.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return look;
                }
            }
            throw new IllegalArgumentException("check=" + text + " is neither true nor false nor rules");
        }
    }

    private static final Set<Setting> OF_A_DUMP = Set.of(
            Setting.ENGINE,
            Setting.OVERWRITE,
            Setting.LEAVE_RUNNING,
            Setting.TCP,
            Setting.FILE_LOCKS,
            Setting.SHELL_JOB,
            Setting.TIME,
            Setting.GHOST_LIMIT,
            Setting.LOG_LEVEL,
            Setting.TIMEOUT);

    static Options ofNotification(List<String> words) {
        return parse(
                words, Set.of(Setting.TCP, Setting.GHOST_LIMIT, Setting.TIMEOUT), Set.of("dumper", "check", "sizes"));
    }

    static Options ofDump(Path image, List<String> words) {
        var options = parse(words, OF_A_DUMP, Set.of());
        var request = options.request.toBuilder().imageDirectory(image).build();
        return new Options(request, options.timeout, options.dumper, options.look, options.sizes);
    }

    private static Options parse(List<String> words, Set<Setting> settings, Set<String> others) {
        var properties = new HashMap<String, String>();
        for (var setting : OF_A_DUMP) {
            Settings.current().text(setting).ifPresent(value -> properties.put(setting.property(), value));
        }
        var rest = new HashMap<String, String>();
        for (var word : words) {
            int equals = word.indexOf('=');
            var key = equals < 0 ? word : word.substring(0, equals);
            boolean setting = settings.stream().anyMatch(s -> s.property().equals("checkpointer." + key));
            if (equals < 0 || !setting && !others.contains(key)) {
                throw new IllegalArgumentException(
                        "option '" + word + "' is unknown; known are " + known(settings, others));
            }
            var value = word.substring(equals + 1);
            if (setting) {
                properties.put("checkpointer." + key, value);
            } else {
                rest.put(key, value);
            }
        }
        var all = Settings.of(properties, Map.of());
        return new Options(
                CheckpointRequest.builder(all).build(),
                all.duration(Setting.TIMEOUT),
                Optional.ofNullable(rest.get("dumper")).map(Options::process),
                Look.of(rest.getOrDefault("check", "true")),
                "true".equals(rest.get("sizes")));
    }

    private static String known(Set<Setting> settings, Set<String> others) {
        var names = new TreeSet<>(others);
        settings.forEach(setting -> names.add(setting.property().substring("checkpointer.".length())));
        return String.join(", ", names);
    }

    private static ProcessHandle process(String pid) {
        if (!pid.matches("[0-9]{1,10}")) {
            throw new IllegalArgumentException("dumper=" + pid + " is no PID");
        }
        return ProcessHandle.of(Long.parseLong(pid))
                .orElseThrow(() -> new IllegalArgumentException("dumper=" + pid + " does not run"));
    }

    /** Whether the program itself has to look at its descriptors. */
    boolean looks() {
        return switch (look) {
            case TRUE -> true;
            case FALSE -> false;
            case RULES ->
                Agent.tracksDescriptors()
                        || Settings.current().text(Setting.DESCRIPTORS).equals(Optional.of("strict"));
        };
    }
}
