package dev.checkpointer.criu.exec;

import dev.checkpointer.criu.DumpOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The command line of a dump. Pure. The options are those of criu(8). */
final class DumpArguments {
    private DumpArguments() {}

    static List<String> of(Path criu, DumpOptions options) {
        var arguments = new ArrayList<>(List.of(
                criu.toString(),
                "dump",
                "--tree",
                Long.toString(options.pid()),
                "--images-dir",
                options.imagesDirectory().toString(),
                "--log-file",
                options.logFile(),
                "-v" + options.logLevel(),
                "--ghost-limit",
                Long.toString(options.ghostLimit()),
                "--no-default-config"));
        switch (options.tcp()) {
            case REFUSE -> {}
            case CLOSE -> arguments.add("--tcp-close");
            case ESTABLISHED -> arguments.add("--tcp-established");
        }
        if (options.fileLocks()) {
            arguments.add("--file-locks");
        }
        if (options.shellJob()) {
            arguments.add("--shell-job");
        }
        if (options.leaveRunning()) {
            arguments.add("--leave-running");
        }
        if (options.unprivileged()) {
            arguments.add("--unprivileged");
        }
        options.cgroups()
                .ifPresent(
                        mode -> arguments.add("--manage-cgroups=" + mode.name().toLowerCase(Locale.ROOT)));
        options.parentImages()
                .ifPresent(parent -> arguments.addAll(List.of("--track-mem", "--prev-images-dir", parent)));
        options.external().forEach(resource -> arguments.addAll(List.of("--external", resource)));
        return arguments;
    }
}
