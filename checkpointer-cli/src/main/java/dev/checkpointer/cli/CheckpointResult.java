package dev.checkpointer.cli;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Manifest;
import dev.checkpointer.cli.image.DumpStatistics;
import dev.checkpointer.cli.image.ImageSize;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of a checkpoint.
 *
 * @param request what was asked for
 * @param image where the image is
 * @param agent how the program came to the agent that was asked; empty without hooks
 * @param hooks how long the program took until it could be dumped, loading the agent included
 * @param dump how long the dump took
 * @param total the whole
 */
record CheckpointResult(
        CheckpointRequest request,
        Path image,
        Optional<Hooks.Source> agent,
        Duration hooks,
        Duration dump,
        Duration total) {

    void tell(Console console, boolean asJson) throws IOException, EngineException {
        var manifest = Manifest.read(image.resolve(Manifest.FILE));
        long bytes = ImageSize.of(image).total();
        var frozen = DumpStatistics.read(image).map(s -> s.frozenMicros() / 1000);
        if (asJson) {
            console.json(json(manifest, bytes, frozen));
            return;
        }
        console.line("image    " + Table.printable(image.toString()));
        console.line("size     " + Bytes.text(bytes));
        console.line("engine   " + manifest.get("engine").orElse("?") + " "
                + manifest.get("engine.version").orElse(""));
        console.line("time     " + total.toMillis() + " ms"
                + (agent.isPresent() ? ", hooks " + hooks.toMillis() + " ms" : "") + ", dump " + dump.toMillis() + " ms"
                + frozen.map(time -> ", process frozen for " + time + " ms").orElse(""));
        console.line("process  " + request.pid().orElseThrow() + (request.leaveRunning() ? " goes on" : " has ended"));
        console.line("restore  checkpointer restore " + quoted(image.toString()));
    }

    private LinkedHashMap<String, Object> json(Manifest manifest, long bytes, Optional<Long> frozen) {
        var json = new LinkedHashMap<String, Object>();
        json.put("pid", request.pid().orElseThrow());
        json.put("image", image.toString());
        json.put("engine", manifest.get("engine").orElse(""));
        json.put("engineVersion", manifest.get("engine.version").orElse(""));
        json.put("bytes", bytes);
        json.put("milliseconds", total.toMillis());
        json.put("hooksMilliseconds", agent.isPresent() ? hooks.toMillis() : null);
        json.put("dumpMilliseconds", dump.toMillis());
        json.put("frozenMilliseconds", frozen.orElse(null));
        json.put("leftRunning", request.leaveRunning());
        json.put("hooks", agent.isPresent());
        json.put(
                "agent",
                agent.map(source -> source.name().toLowerCase(Locale.ROOT)).orElse("none"));
        return json;
    }

    /** As a shell takes it. */
    static String quoted(String word) {
        var text = Table.printable(word);
        return text.matches("[\\w./%+:=@,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
