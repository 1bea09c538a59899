package dev.checkpointer.cli;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.Setting;
import dev.checkpointer.SettingException;
import dev.checkpointer.Settings;
import dev.checkpointer.TcpMode;
import dev.checkpointer.TimeMode;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a running program to an image. */
@Command(
        name = "checkpoint",
        description = {
            "Writes a running program to an image, with all processes below it. It ends then, unless it is left running.",
            "The org.crac resources of a JVM are notified by checkpointer's agent, which is loaded into the JVM where it "
                    + "is not there yet; it stays there. In other programs nobody can be notified: they need --no-hooks."
        },
        footer = {
            "",
            "Options that are not given come from the settings, for instance CHECKPOINTER_IMAGE.",
            "Exit status: 0 the image is finished, 2 bad usage, 112 refused before anything was dumped, 113 CRIU failed, "
                    + "114 the deadline passed; the program then goes on, and its afterRestore has run. 116 the image is "
                    + "finished, but the program, left running, failed in its afterRestore."
        })
final class CheckpointCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PID", description = "the process")
    private long pid;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description = "directory of the image; %%p is the PID, %%t the time (default: checkpointer-image)")
    private Path to;

    @Option(names = "--leave-running", description = "let the program go on after the dump")
    private boolean leaveRunning;

    @Option(
            names = "--predump",
            description = "copy the memory while the program still runs, so that it is frozen for what changes alone")
    private boolean preDump;

    @Option(names = "--overwrite", description = "replace a finished image in the directory")
    private boolean overwrite;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "the engine to use; \"checkpointer engines\" lists them")
    private String engine;

    @Option(
            names = "--tcp",
            paramLabel = "MODE",
            description = "what happens to TCP connections: ${COMPLETION-CANDIDATES} (default: refuse)",
            completionCandidates = TcpModes.class)
    private String tcp;

    @Option(
            names = "--time",
            paramLabel = "MODE",
            description = "whether clocks go on where they stopped: auto, continue or elapsed (default: auto)")
    private String time;

    @Option(
            names = "--no-hooks",
            description = "dump the program as it is, without any agent: nobody in it is notified")
    private boolean noHooks;

    @Option(names = "--no-attach", description = "load no agent into the program, which then has to have one")
    private boolean noAttach;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description =
                    "deadline of the hooks, and again of the dump: seconds, or a number with ms, s, m or h (default: "
                            + "60s)")
    private String timeout;

    @Option(names = "--ghost-limit", paramLabel = "SIZE", description = "largest deleted file that goes into the image")
    private String ghostLimit;

    @Option(names = "--log-level", paramLabel = "N", description = "how much CRIU logs, 0 to 4 (default: 2)")
    private String logLevel;

    @Mixin
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    private final Console console;

    CheckpointCommand(Console console) {
        this.console = console;
    }

    /** The modes as the settings spell them. */
    static final class TcpModes extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        TcpModes() {
            for (var mode : TcpMode.values()) {
                add(mode.name().toLowerCase(Locale.ROOT));
            }
        }
    }

    @Override
    public Integer call() throws CommandException, EngineException, IOException {
        var request = request();
        TargetProcess.require(pid, !noHooks);
        var image = ImageDirectory.expand(request.imageDirectory(), pid, Instant.now());
        request = request.toBuilder().imageDirectory(escaped(image)).build();
        new Checkpoint(console, request, image, !noHooks, !noAttach).run().tell(console, common.json());
        return ExitStatus.DONE;
    }

    /** The name was expanded already, so that the result can be told. */
    private static Path escaped(Path image) {
        return Path.of(image.toString().replace("%", "%%"));
    }

    private CheckpointRequest request() {
        if (pid <= 0) {
            throw usage("a PID is positive, not " + pid);
        }
        var settings = Settings.current();
        var request = CheckpointRequest.builder(settings).pid(pid);
        if (to != null) {
            request.imageDirectory(to);
        }
        if (leaveRunning) {
            request.leaveRunning(true);
        }
        if (preDump) {
            request.preDump(true);
        }
        if (overwrite) {
            request.overwrite(true);
        }
        if (engine != null) {
            request.engine(engine);
        }
        if (tcp != null) {
            request.tcp(TcpMode.valueOf(value(Setting.TCP, "--tcp", tcp).toUpperCase(Locale.ROOT)));
        }
        if (time != null) {
            request.time(TimeMode.valueOf(value(Setting.TIME, "--time", time).toUpperCase(Locale.ROOT)));
        }
        if (timeout != null) {
            value(Setting.TIMEOUT, "--timeout", timeout);
            request.timeout(only(Setting.TIMEOUT, timeout).duration(Setting.TIMEOUT));
        }
        if (ghostLimit != null) {
            value(Setting.GHOST_LIMIT, "--ghost-limit", ghostLimit);
            request.ghostLimit(only(Setting.GHOST_LIMIT, ghostLimit).size(Setting.GHOST_LIMIT));
        }
        if (logLevel != null) {
            request.logLevel(Integer.parseInt(value(Setting.LOG_LEVEL, "--log-level", logLevel)));
        }
        return request.build();
    }

    /** An option takes what the setting of the same name takes. */
    private String value(Setting setting, String option, String text) {
        try {
            return only(setting, text).text(setting).orElseThrow(() -> usage("option " + option + " needs a value"));
        } catch (SettingException e) {
            throw usage(option + " is " + setting.allowed() + ", not '" + text + "'");
        }
    }

    private static Settings only(Setting setting, String text) {
        return Settings.of(Map.of(setting.property(), text), Map.of());
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
