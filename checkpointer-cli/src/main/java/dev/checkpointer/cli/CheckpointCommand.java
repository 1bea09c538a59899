package dev.checkpointer.cli;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.ImageDirectory;
import dev.checkpointer.Manifest;
import dev.checkpointer.Setting;
import dev.checkpointer.SettingException;
import dev.checkpointer.Settings;
import dev.checkpointer.TcpMode;
import dev.checkpointer.cli.image.DumpStatistics;
import dev.checkpointer.cli.image.ImageSize;
import dev.checkpointer.cli.jvm.Agent;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.crac.CheckpointException;
import org.crac.RestoreException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a running JVM to an image. */
@Command(
        name = "checkpoint",
        description = "Writes a running JVM to an image. The JVM ends then, unless it is left running.",
        footer = {
            "",
            "Options that are not given come from the settings, for instance CHECKPOINTER_IMAGE.",
            "Exit status: 0 the image is finished, 2 bad usage, 112 refused before anything was dumped, 113 CRIU failed, "
                    + "114 the deadline passed. The process goes on after a failure."
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

    @Option(names = "--no-hooks", description = "dump the process as it is, whether or not it has the agent")
    private boolean noHooks;

    @Option(names = "--no-attach", description = "load no agent into the process; this version never does")
    private boolean noAttach;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "deadline of the dump: seconds, or a number with ms, s, m or h (default: 60s)")
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
    public Integer call() throws Exception {
        var request = request();
        var image = ImageDirectory.expand(request.imageDirectory(), pid, Instant.now());
        request = request.toBuilder().imageDirectory(escaped(image)).build();
        if (!noHooks && Files.exists(Path.of("/proc", Long.toString(pid)))) {
            console.note("process " + pid
                    + (Agent.of(pid).isEmpty() ? " has no agent" : " has an agent, which this version does not ask")
                    + ": it is dumped as it is, and its org.crac resources hear nothing");
        }
        console.progress("dumping process " + pid + " to " + image);
        long start = System.nanoTime();
        dump(request);
        tell(request, image, Duration.ofNanos(System.nanoTime() - start));
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
        if (overwrite) {
            request.overwrite(true);
        }
        if (engine != null) {
            request.engine(engine);
        }
        if (tcp != null) {
            request.tcp(TcpMode.valueOf(value(Setting.TCP, "--tcp", tcp).toUpperCase(Locale.ROOT)));
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

    private void dump(CheckpointRequest request) throws CommandException, RestoreException, EngineException {
        var interruption = Interruption.begin();
        try {
            Checkpointer.checkpoint(request);
        } catch (CheckpointException e) {
            throw DumpRefusal.of(pid, e);
        } finally {
            interruption.end();
        }
    }

    private void tell(CheckpointRequest request, Path image, Duration time) throws IOException, EngineException {
        var manifest = Manifest.read(image.resolve(Manifest.FILE));
        var size = ImageSize.of(image);
        var statistics = DumpStatistics.read(image);
        if (common.json()) {
            var json = new LinkedHashMap<String, Object>();
            json.put("pid", pid);
            json.put("image", image.toString());
            json.put("engine", manifest.get("engine").orElse(""));
            json.put("engineVersion", manifest.get("engine.version").orElse(""));
            json.put("bytes", size.total());
            json.put("milliseconds", time.toMillis());
            json.put(
                    "frozenMilliseconds",
                    statistics.map(s -> s.frozenMicros() / 1000).orElse(null));
            json.put("leftRunning", request.leaveRunning());
            json.put("hooks", false);
            console.json(json);
            return;
        }
        console.line("image    " + Table.printable(image.toString()));
        console.line("size     " + Bytes.text(size.total()));
        console.line("engine   " + manifest.get("engine").orElse("?") + " "
                + manifest.get("engine.version").orElse(""));
        console.line("time     " + time.toMillis() + " ms"
                + statistics
                        .map(s -> ", process frozen for " + s.frozenMicros() / 1000 + " ms")
                        .orElse(""));
        console.line("process  " + pid + (request.leaveRunning() ? " goes on" : " has ended"));
        console.line("restore  checkpointer restore " + quoted(image.toString()));
    }

    /** As a shell takes it. */
    static String quoted(String word) {
        var text = Table.printable(word);
        return text.matches("[\\w./%+:=@,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
