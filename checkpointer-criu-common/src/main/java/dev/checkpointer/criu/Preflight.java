package dev.checkpointer.criu;

import dev.checkpointer.MachineDifference;
import dev.checkpointer.RestoreRequest;
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
import java.util.stream.Stream;

/** Compares this machine with the one of an image, before CRIU is started. The launcher compares the same things. */
final class Preflight {
    /** Size, time of modification or a dash where it may change, and path. */
    private static final Pattern FILE = Pattern.compile("([0-9]+) ([0-9]+|-) (.*)");

    private static final Pattern JAVA_VERSION = Pattern.compile("(?m)^JAVA_RUNTIME_VERSION=\"(.*)\"$");

    private final Image image;
    private final Set<String> replaced;
    private final List<Difference> differences = new ArrayList<>();

    private Preflight(Image image, Set<String> replaced) {
        this.image = image;
        this.replaced = replaced;
    }

    /**
     * What keeps this machine from restoring an image.
     *
     * @param replaced keys of the files for which others stand in
     */
    static List<Difference> differences(Image image, CriuCommand criu, Set<String> replaced) {
        var preflight = new Preflight(image, replaced);
        try {
            preflight.compare(criu);
        } catch (IOException e) {
            preflight.add(MachineDifference.FILES, "cannot look at this machine: " + e, "Restore as root");
        }
        return List.copyOf(preflight.differences);
    }

    /** Refuses an image that does not fit, with all differences at once. */
    static void check(Image image, CriuCommand criu, RestoreRequest request) throws EngineException {
        var differences = differences(image, criu, request.inherited().keySet()).stream()
                .filter(difference -> !request.ignored().contains(difference.kind()))
                .flatMap(difference -> Stream.of(
                        difference.what(),
                        difference.remedy() + ", or ignore " + difference.kind().word() + "."))
                .toList();
        if (!differences.isEmpty()) {
            throw new EngineException(
                    FailureKind.IMAGE_REFUSED,
                    "the image in " + image.directory() + " does not fit this machine",
                    "Do what is said of each difference, or make the checkpoint again on this machine",
                    differences,
                    null);
        }
    }

    private void add(MachineDifference kind, String what, String remedy) {
        differences.add(new Difference(kind, what, remedy));
    }

    private void compare(CriuCommand criu) throws IOException {
        compareCriu(criu);
        compareFiles();
        // Since the image was made this machine has not been started anew, so it is the same.
        if (!value("boot").equals(read("/proc/sys/kernel/random/boot_id"))) {
            compareKernel();
            compareProcessor();
        }
    }

    private void compareCriu(CriuCommand criu) {
        CriuVersion.parse(value("engine.version"))
                .filter(writer -> criu.version().compareTo(writer) < 0)
                .ifPresent(writer -> add(
                        MachineDifference.CRIU,
                        "CRIU " + criu.version() + " (" + criu.path() + ") is older than " + writer
                                + ", which wrote the image",
                        "Install that version, or name it with checkpointer.criu"));
    }

    /**
     * The JVM and its libraries are mapped again from their files, and what it has read of other files is in its memory: other
     * content in them would be fatal.
     */
    private void compareFiles() throws IOException {
        var jdk = image.manifest().get("jdk").map(Path::of);
        boolean jdkDiffers = false;
        for (var line : image.manifest().withPrefix("file.").values()) {
            var match = FILE.matcher(line);
            if (!match.matches() || replaced.contains(match.group(3).substring(1))) {
                continue;
            }
            var file = Path.of(match.group(3));
            if (isAsItWas(file, match.group(1), match.group(2))) {
                continue;
            }
            if (jdk.filter(file::startsWith).isPresent()) {
                jdkDiffers = true;
            } else {
                var what = Files.exists(file) ? " has changed since the checkpoint (size or time)" : " is missing";
                add(MachineDifference.FILES, file + what, "Put back the file as it was");
            }
        }
        if (jdkDiffers) {
            addJdk(jdk.orElseThrow());
        }
    }

    private static boolean isAsItWas(Path file, String size, String time) throws IOException {
        return Files.exists(file)
                && Files.size(file) == Long.parseLong(size)
                && (time.equals("-") || Files.getLastModifiedTime(file).to(TimeUnit.SECONDS) == Long.parseLong(time));
    }

    private void addJdk(Path home) throws IOException {
        var release = home.resolve("release");
        var version = Files.isReadable(release) ? JAVA_VERSION.matcher(Files.readString(release)) : null;
        add(
                MachineDifference.JDK,
                "the JDK in " + home + " has changed since the checkpoint: it was " + value("java") + ", and is "
                        + (version != null && version.find() ? version.group(1) : "no JDK") + " now",
                "Install that build there, file by file with its times");
    }

    private void compareKernel() throws IOException {
        var kernel = read("/proc/sys/kernel/osrelease");
        var here = CriuVersion.parse(kernel);
        var there = CriuVersion.parse(value("kernel"));
        if (here.isPresent() && there.isPresent() && older(here.get(), there.get())) {
            add(
                    MachineDifference.KERNEL,
                    "kernel " + kernel + " is older than " + value("kernel") + ", on which the image was written",
                    "Use that kernel or a later one");
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
        var architecture = value("arch");
        if (!architecture.isEmpty() && !architecture.equals(System.getProperty("os.arch"))) {
            add(MachineDifference.CPU, "this processor is no " + architecture, "Restore on one");
        }
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
            add(
                    MachineDifference.CPU,
                    "this processor lacks: " + String.join(" ", missing),
                    image.manifest().get("java").isPresent()
                            ? "Make the checkpoint with checkpointer.cpu=portable, which says what the JVM is to be started with"
                            : "Make the checkpoint on a processor that has no more than the others");
        }
    }

    private String value(String key) {
        return image.manifest().get(key).orElse("");
    }

    private static String read(String file) throws IOException {
        return Files.readString(Path.of(file)).strip();
    }
}
