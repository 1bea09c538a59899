package dev.checkpointer.criu.exec;

import dev.checkpointer.RestoreRequest;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreOptions;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.tests.OptionMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;

/**
 * The command lines of the engine criu-exec. Those of a restore are made by the launcher, from the request and the image;
 * so the launcher is run with a command in CRIU's place that notes what it is told.
 */
public final class ExecMapping implements OptionMapping {
    private final Path directory;

    /** Works in a directory of the test. */
    public ExecMapping(Path directory) {
        this.directory = directory;
    }

    @Override
    public String dump(DumpOptions options) {
        return DumpArguments.of(Path.of("criu"), options).toString();
    }

    @Override
    public String restore(RestoreOptions options) throws Exception {
        var image = image(options);
        var noted = directory.resolve("noted");
        var criu = Files.writeString(directory.resolve("criu"), """
                #!/bin/sh
                if [ "$1" = --version ]; then echo Version: 4.2.1; exit; fi
                printf '%%s\\n' "$@" >'%s'
                exit 1
                """.formatted(noted));
        if (!criu.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + criu + " executable");
        }
        System.setProperty("checkpointer.criu", criu.toString());
        try {
            new CriuExecEngine().restore(request(options, image));
            throw new AssertionError("a CRIU that does nothing has restored something");
        } catch (EngineException e) {
            if (Files.notExists(noted)) {
                throw e;
            }
            return Files.readString(noted).replaceAll("checkpointer\\.[0-9]+", "work");
        } finally {
            System.clearProperty("checkpointer.criu");
            Files.deleteIfExists(noted);
        }
    }

    private Path image(RestoreOptions options) throws IOException {
        var image = Files.createDirectories(
                directory.resolve(options.imagesDirectory().getFileName()));
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwx------"));
        var manifest = new StringBuilder("format=1\npid=999999998\n");
        manifest.append("tcp=")
                .append(options.tcp().name().toLowerCase(Locale.ROOT))
                .append('\n');
        manifest.append("file.locks=").append(options.fileLocks()).append('\n');
        manifest.append("shell.job=").append(options.shellJob()).append('\n');
        Files.writeString(image.resolve("manifest"), manifest);
        return image;
    }

    private RestoreRequest request(RestoreOptions options, Path image) throws IOException {
        var request = RestoreRequest.builder(image)
                .trust(true)
                .logLevel(options.logLevel())
                .child(options.child());
        options.cgroups().ifPresent(request::cgroups);
        options.external().forEach(request::external);
        for (var inherited : options.inherited()) {
            var file = Files.writeString(directory.resolve("inherited"), "");
            request.inherit(inherited.key(), ProcessBuilder.Redirect.from(file.toFile()));
        }
        return request.build();
    }
}
