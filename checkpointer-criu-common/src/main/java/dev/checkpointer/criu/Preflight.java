package dev.checkpointer.criu;

import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Compares this machine with the one of an image, before CRIU is started. The launcher compares the same things. */
final class Preflight {
    /** Size, time of modification and path. */
    private static final Pattern CODE_FILE = Pattern.compile("([0-9]+) ([0-9]+) (.*)");

    private final Image image;
    private final List<String> differences = new ArrayList<>();

    private Preflight(Image image) {
        this.image = image;
    }

    /** What keeps this machine from restoring an image. */
    static List<String> differences(Image image, CriuCommand criu) {
        var preflight = new Preflight(image);
        try {
            preflight.compare(criu);
        } catch (IOException e) {
            preflight.differences.add("cannot look at this machine: " + e);
        }
        return List.copyOf(preflight.differences);
    }

    /** Refuses an image that does not fit, with all differences at once. */
    static void check(Image image, CriuCommand criu) throws EngineException {
        var differences = differences(image, criu);
        if (!differences.isEmpty()) {
            throw new EngineException(
                    FailureKind.IMAGE_REFUSED,
                    "the image in " + image.directory() + " does not fit this machine",
                    "Make the checkpoint again on this machine, or force the restore",
                    differences,
                    null);
        }
    }

    private void compare(CriuCommand criu) throws IOException {
        compareCriu(criu);
        for (var line : image.manifest().withPrefix("file.").values()) {
            compareCodeFile(line);
        }
        // Since the image was made this machine has not been started anew, so it is the same.
        if (!value("boot").equals(read("/proc/sys/kernel/random/boot_id"))) {
            compareKernel();
            compareProcessor();
        }
    }

    private void compareCriu(CriuCommand criu) {
        CriuVersion.parse(value("engine.version"))
                .filter(writer -> criu.version().compareTo(writer) < 0)
                .ifPresent(writer -> differences.add("CRIU " + criu.version() + " (" + criu.path() + ") is older than "
                        + writer + ", which wrote the image"));
    }

    /** The JVM and its libraries are mapped again from their files; other code at the same addresses would be fatal. */
    private void compareCodeFile(String line) throws IOException {
        var match = CODE_FILE.matcher(line);
        if (!match.matches()) {
            return;
        }
        var file = Path.of(match.group(3));
        if (!Files.exists(file)) {
            differences.add(file + " is missing");
        } else if (Files.size(file) != Long.parseLong(match.group(1))
                || Files.getLastModifiedTime(file).to(TimeUnit.SECONDS) != Long.parseLong(match.group(2))) {
            differences.add(file + " has changed since the checkpoint (size or time)");
        }
    }

    private void compareKernel() throws IOException {
        var kernel = read("/proc/sys/kernel/osrelease");
        var here = CriuVersion.parse(kernel);
        var there = CriuVersion.parse(value("kernel"));
        if (here.isPresent() && there.isPresent() && older(here.get(), there.get())) {
            differences.add(
                    "kernel " + kernel + " is older than " + value("kernel") + ", on which the image was written");
        }
    }

    /** Kernels are compared by their first two numbers. */
    private static boolean older(CriuVersion here, CriuVersion there) {
        return new CriuVersion(here.major(), here.minor(), 0)
                        .compareTo(new CriuVersion(there.major(), there.minor(), 0))
                < 0;
    }

    /** Compiled code in the image may use every feature of the processor that the JVM saw. */
    private void compareProcessor() throws IOException {
        Set<String> here;
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            here = lines.filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                    .findFirst()
                    .map(line ->
                            Set.of(line.substring(line.indexOf(':') + 1).strip().split(" +")))
                    .orElse(Set.of());
        }
        var missing = new ArrayList<>(List.of(value("cpu").split(" +")));
        missing.removeIf(feature -> feature.isEmpty() || here.contains(feature));
        if (!missing.isEmpty()) {
            differences.add("this processor lacks: " + String.join(" ", missing));
        }
    }

    private String value(String key) {
        return image.manifest().get(key).orElse("");
    }

    private static String read(String file) throws IOException {
        return Files.readString(Path.of(file)).strip();
    }
}
