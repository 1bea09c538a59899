package dev.checkpointer.manager.archive;

import dev.checkpointer.ImageDirectory;
import dev.checkpointer.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an image directory holds. {@link ImageDirectory} writes it, and CRIU. */
final class ImageContent {
    /** Of what was written while the program still ran. */
    static final String PRE_DUMP = ImageDirectory.PRE_DUMP + "/";

    private static final Pattern FILE = Pattern.compile(
            "(predump/)?([A-Za-z0-9][A-Za-z0-9._-]{0,199}\\.img|stats-dump|dump\\.(log|out))|perfdata|manifest");

    /** What a dump that is over leaves behind at times, a file system, and "image map"; no restore needs it. */
    private static final Pattern REMAINS = Pattern.compile(
            "mapped(\\.new)?|dump\\.(hook|conf|service)|manifest\\.(part|hashes)|stats-restore|lost\\+found");

    private ImageContent() {}

    static boolean isFile(String name) {
        return FILE.matcher(name).matches();
    }

    static boolean isRemains(String name) {
        return REMAINS.matcher(name).matches();
    }

    /**
     * Compares the files with those that the image had when it was finished.
     *
     * @return what is wrong
     */
    static Optional<String> difference(Manifest manifest, List<ArchivedFile> files) {
        var byName = files.stream().collect(Collectors.toMap(ArchivedFile::name, Function.identity()));
        return manifest.withPrefix("image.").entrySet().stream()
                .filter(line -> {
                    var file = byName.get(line.getKey());
                    return file == null || !Long.toString(file.size()).equals(line.getValue());
                })
                .map(line -> line.getKey() + " has not the size of " + line.getValue()
                        + " bytes that it had when the image was finished")
                .findFirst();
    }
}
