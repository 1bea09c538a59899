package dev.checkpointer.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.engine.CheckpointEngine;
import dev.checkpointer.engine.EngineFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table of engines in the README says what the engines say of themselves. */
class EngineTableTest {
    private static final Map<String, EngineFeature> COLUMNS = new LinkedHashMap<>();

    static {
        COLUMNS.put("this JVM", EngineFeature.SELF_DUMP);
        COLUMNS.put("another process", EngineFeature.OTHER_PROCESS);
        COLUMNS.put("pre-dump", EngineFeature.PRE_DUMP);
        COLUMNS.put("restore as a child", EngineFeature.RESTORE_CHILD);
        COLUMNS.put("lazy restore", EngineFeature.LAZY_RESTORE);
        COLUMNS.put("listener", EngineFeature.NOTIFY);
        COLUMNS.put("ordinary user", EngineFeature.UNPRIVILEGED);
        COLUMNS.put("service", EngineFeature.SERVICE);
    }

    @AfterEach
    void forgetTheService() {
        System.clearProperty("checkpointer.rpc.service");
    }

    /** The rows of the table, by engine, each with its cells by column. */
    private static Map<String, Map<String, String>> table() throws IOException {
        var lines = Files.readAllLines(Path.of(System.getProperty("test.root"), "README.md"));
        var header = lines.stream()
                .filter(line -> line.startsWith("| engine |"))
                .findFirst()
                .orElseThrow();
        var columns = cells(header);
        var rows = new TreeMap<String, Map<String, String>>();
        for (var line : lines.subList(lines.indexOf(header) + 2, lines.size())) {
            if (!line.startsWith("|")) {
                return rows;
            }
            var row = new LinkedHashMap<String, String>();
            var cells = cells(line);
            for (int i = 0; i < columns.size(); i++) {
                row.put(columns.get(i), cells.get(i));
            }
            rows.put(row.get("engine").replace("`", ""), row);
        }
        return rows;
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
    }

    private static Set<EngineFeature> features(CheckpointEngine engine) {
        var features = EnumSet.noneOf(EngineFeature.class);
        features.addAll(engine.probe().usable().orElseThrow().features());
        System.setProperty("checkpointer.rpc.service", "/dev/null"); // passes for a socket until it is used
        features.addAll(engine.probe().usable().orElseThrow().features());
        System.clearProperty("checkpointer.rpc.service");
        return features;
    }

    @Test
    void tableSaysWhatTheEnginesSay() throws Exception {
        var table = table();
        int engines = 0;
        for (var engine : ServiceLoader.load(CheckpointEngine.class)) {
            engines++;
            var row = table.get(engine.name());
            assertTrue(row != null, engine.name() + " is missing");
            assertEquals(Integer.toString(engine.priority()), row.get("priority"), engine.name());
            var features = features(engine);
            COLUMNS.forEach((column, feature) -> assertEquals(
                    features.contains(feature) ? "yes" : "no", row.get(column), engine.name() + ": " + column));
        }
        assertEquals(3, engines);
        assertEquals(engines + 1, table.size(), "and simulate");
    }
}
