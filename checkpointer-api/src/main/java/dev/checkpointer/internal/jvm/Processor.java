package dev.checkpointer.internal.jvm;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What of its processor this JVM may use. Compiled code and the choices that the C library made at its start are in the image, and
 * fail on a processor that lacks something. With {@code checkpointer.cpu=portable} the JVM has to keep to x86-64-v2, the second
 * level of the System V ABI for x86-64 (2009 and later), which JVM and C library do only when told at their start.
 */
final class Processor {
    /** Flags of HotSpot for what x86-64-v2 lacks. */
    private static final Map<String, String> PORTABLE_FLAGS = portableFlags();

    /** Names as glibc knows them in its tunable glibc.cpu.hwcaps; a C library ignores those that it does not know. */
    private static final List<String> HIDDEN_FROM_C_LIBRARY = List.of(
            "AVX",
            "AVX2",
            "AVX512F",
            "AVX512VL",
            "AVX512BW",
            "BMI1",
            "BMI2",
            "LZCNT",
            "MOVBE",
            "FMA",
            "RTM",
            "ERMS",
            "FSRM",
            "XSAVEC");

    private static final String TUNABLES = "GLIBC_TUNABLES";
    private static final String TUNABLE = "glibc.cpu.hwcaps=";

    /** What x86-64-v2 has, by the names of {@code /proc/cpuinfo}. */
    private static final Set<String> BASELINE = Set.of(
            "fpu", "cx8", "cmov", "mmx", "fxsr", "sse", "sse2", "syscall", "lm", "nx", "tsc", "cx16", "lahf_lm",
            "popcnt", "pni", "ssse3", "sse4_1", "sse4_2");

    private Processor() {}

    private static Map<String, String> portableFlags() {
        var flags = new LinkedHashMap<String, String>();
        flags.put("UseAVX", "0");
        for (var name : List.of(
                "UseAES",
                "UseSHA",
                "UseFMA",
                "UseCLMUL",
                "UseBMI1Instructions",
                "UseBMI2Instructions",
                "UseCountLeadingZerosInstruction",
                "UseCountTrailingZerosInstruction")) {
            flags.put(name, "false");
        }
        return flags;
    }

    /** The features that a restore needs, separated by spaces; empty where the system does not tell them. */
    static String features(boolean ofThisJvm) throws IOException {
        var features = features();
        if (ofThisJvm && portable()) {
            features.retainAll(BASELINE);
        }
        return String.join(" ", features);
    }

    private static List<String> features() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip().split(" +"))
                    .map(Arrays::asList)
                    .map(ArrayList::new)
                    .orElseGet(ArrayList::new);
        }
    }

    private static boolean portable() {
        return Settings.current().text(Setting.CPU).orElseThrow().equals("portable");
    }

    /** Why the image of this JVM would not be as portable as it is to be. */
    static Optional<EngineException> obstacle() {
        if (!portable()) {
            return Optional.empty();
        }
        if (!System.getProperty("os.arch").equals("amd64")) {
            return Optional.of(new EngineException(
                    FailureKind.UNAVAILABLE,
                    "checkpointer.cpu=portable is known for x86-64 alone, and this is " + System.getProperty("os.arch"),
                    "Make an image for each kind of processor"));
        }
        var used = usedFlags();
        var shown = shownToCLibrary();
        if (used.isEmpty() && shown.isEmpty()) {
            return Optional.empty();
        }
        used.addAll(shown.stream().map(name -> TUNABLES + " without -" + name).toList());
        return Optional.of(new EngineException(
                FailureKind.UNAVAILABLE,
                "with checkpointer.cpu=portable the JVM may use x86-64-v2 alone, and it was started with "
                        + String.join(", ", used),
                "Start it with " + remedy()));
    }

    private static List<String> usedFlags() {
        var used = new ArrayList<String>();
        var jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        PORTABLE_FLAGS.forEach((name, value) -> {
            try {
                var now = jvm.getVMOption(name).getValue();
                if (!now.equals(value)) {
                    used.add(name + "=" + now);
                }
            } catch (IllegalArgumentException e) {
                return; // a JVM without the flag has not what it is for
            }
        });
        return used;
    }

    private static List<String> shownToCLibrary() {
        var text = Optional.ofNullable(System.getenv(TUNABLES)).orElse("");
        var hidden = Arrays.stream(text.split(":"))
                .filter(tunable -> tunable.startsWith(TUNABLE))
                .flatMap(tunable ->
                        Arrays.stream(tunable.substring(TUNABLE.length()).split(",")))
                .collect(Collectors.toSet());
        return HIDDEN_FROM_C_LIBRARY.stream()
                .filter(name -> !hidden.contains("-" + name))
                .toList();
    }

    private static String remedy() {
        var flags = PORTABLE_FLAGS.entrySet().stream()
                .map(flag -> flag.getValue().equals("false")
                        ? "-XX:-" + flag.getKey()
                        : "-XX:" + flag.getKey() + "=" + flag.getValue())
                .collect(Collectors.joining(" "));
        var hidden = HIDDEN_FROM_C_LIBRARY.stream().map(name -> "-" + name).collect(Collectors.joining(","));
        return flags + " and the environment variable " + TUNABLES + "=" + TUNABLE + hidden;
    }
}
