package dev.checkpointer.cli.machine;

import dev.checkpointer.cli.jvm.Jvm;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The JDKs of this machine: the one that runs this, JAVA_HOME, and where distributions and sdkman put them. */
final class Jdks {
    private static final int OLDEST = 17;

    private Jdks() {}

    static Finding find() throws IOException {
        var found = new TreeMap<String, String>();
        for (var home : candidates()) {
            try {
                found.put(home.toRealPath().toString(), Jvm.version(home));
            } catch (IOException e) {
                continue; // it has no release file, so it is no JDK
            }
        }
        var texts = new ArrayList<String>();
        found.forEach((home, version) -> texts.add(version + " (" + home + ")"));
        boolean usable = found.values().stream().anyMatch(Jdks::usable);
        var text = texts.isEmpty() ? "none found" : String.join(", ", texts);
        return usable
                ? Finding.ok("jdks", text)
                : Finding.warn("jdks", text, "Install a JDK of version " + OLDEST + " or later");
    }

    private static boolean usable(String version) {
        var major = version.split("[^0-9]")[0];
        return !major.isEmpty() && Integer.parseInt(major) >= OLDEST;
    }

    private static List<Path> candidates() throws IOException {
        var homes = new ArrayList<Path>();
        homes.add(Path.of(System.getProperty("java.home")));
        Optional.ofNullable(System.getenv("JAVA_HOME")).map(Path::of).ifPresent(homes::add);
        for (var directory :
                List.of(Path.of("/usr/lib/jvm"), Path.of(System.getProperty("user.home"), ".sdkman/candidates/java"))) {
            if (Files.isReadable(directory)) {
                try (var entries = Files.newDirectoryStream(directory)) {
                    entries.forEach(homes::add);
                } catch (DirectoryIteratorException e) {
                    throw e.getCause();
                }
            }
        }
        return homes;
    }
}
