package dev.checkpointer.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An archive of this command's classes (class data sharing, the java tool's manual page), with which it starts quicker. The
 * launcher says where it is to be, and has the JVM note the classes that it loads; after a successful checkpoint the archive
 * is made of them, once for each build and JDK. The command does not fail by it.
 */
final class ClassArchive {
    private static final String ARCHIVE = "cli.archive";
    private static final String LIST = "cli.classes";
    private static final long SECONDS = 20;
    private static final Duration UNUSED = Duration.ofDays(30);

    private ClassArchive() {}

    /**
     * Ends what the launcher began.
     *
     * @param complete whether the classes of a whole checkpoint were loaded
     */
    static void end(boolean complete) {
        var archive = System.getProperty(ARCHIVE);
        var list = System.getProperty(LIST);
        if (archive == null || list == null) {
            return;
        }
        var part = Path.of(list + ".jsa");
        try {
            if (complete && dump(Path.of(list), part)) {
                removeOld(Path.of(archive).getParent());
                Files.move(part, Path.of(archive), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.deleteIfExists(part);
            Files.deleteIfExists(Path.of(list));
        } catch (IOException e) {
            System.getLogger("dev.checkpointer").log(System.Logger.Level.DEBUG, "there is no archive of classes", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Without performance data: a JVM that keeps some removes that of dumped ones. */
    private static boolean dump(Path list, Path archive) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        var process = new ProcessBuilder(List.of(
                        java,
                        "-XX:-UsePerfData",
                        "-XX:+UseG1GC", // others leave the heap's part out
                        "-Xlog:disable",
                        "-Xshare:dump",
                        "-XX:SharedClassListFile=" + list,
                        "-XX:SharedArchiveFile=" + archive,
                        "-cp",
                        System.getProperty("java.class.path")))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        return ended && process.exitValue() == 0;
    }

    /** Those of builds and JDKs that are gone; one that is in use is made again. */
    private static void removeOld(Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory, "classes-*")) {
            for (var file : files) {
                if (Files.getLastModifiedTime(file)
                        .toInstant()
                        .isBefore(Instant.now().minus(UNUSED))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
