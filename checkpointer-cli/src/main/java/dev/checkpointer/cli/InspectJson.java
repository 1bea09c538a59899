package dev.checkpointer.cli;

import dev.checkpointer.cli.image.Descriptor;
import dev.checkpointer.cli.image.DumpStatistics;
import dev.checkpointer.cli.image.ProgramImage;
import dev.checkpointer.criu.Image;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is in an image, for machines. */
final class InspectJson {
    private InspectJson() {}

    static Map<String, Object> of(InspectCommand.Facts facts, boolean showValues) {
        var json = new LinkedHashMap<String, Object>();
        json.put("image", facts.image().directory().toString());
        manifest(facts.image(), json);
        program(facts.program(), showValues, json);
        var size = new LinkedHashMap<String, Object>(facts.size().byKind());
        json.put("bytes", facts.size().total());
        json.put("bytesByKind", size);
        json.put("statistics", facts.statistics().map(InspectJson::statistics).orElse(null));
        json.put("restorable", facts.obstacles().isEmpty());
        json.put("obstacles", facts.obstacles());
        json.put("pidInUse", facts.pidInUse());
        return json;
    }

    private static void manifest(Image image, Map<String, Object> json) {
        var names = new LinkedHashMap<String, String>();
        names.put("created", "created");
        names.put("java", "java");
        names.put("engine", "engine");
        names.put("engineVersion", "engine.version");
        names.put("checkpointer", "checkpointer");
        names.put("kernel", "kernel");
        names.put("arch", "arch");
        names.put("tcp", "tcp");
        names.forEach((name, key) -> json.put(name, image.manifest().get(key).orElse("")));
        json.put("java", image.manifest().get("java").orElse(null)); // where there is none
    }

    private static void program(ProgramImage program, boolean showValues, Map<String, Object> json) {
        json.put("pid", program.pid());
        json.put("processes", program.processes());
        json.put("program", program.program());
        json.put("arguments", program.arguments());
        if (showValues) {
            var environment = new LinkedHashMap<String, Object>();
            program.environment()
                    .forEach(
                            variable -> environment.put(InspectCommand.name(variable), InspectCommand.value(variable)));
            json.put("environment", environment);
        } else {
            json.put(
                    "environment",
                    program.environment().stream().map(InspectCommand::name).toList());
        }
        json.put(
                "threads",
                program.threads().stream()
                        .map(thread -> Map.of("id", thread.id(), "name", thread.name()))
                        .toList());
        json.put(
                "descriptors",
                program.descriptors().stream().map(InspectJson::descriptor).toList());
        json.put("sockets", sockets(program.descriptors()));
        json.put(
                "mappings",
                program.mappings().stream()
                        .map(m -> Map.of("kind", m.kind(), "count", m.count(), "bytes", m.bytes()))
                        .toList());
    }

    private static Map<String, Object> descriptor(Descriptor descriptor) {
        return Map.of("number", descriptor.number(), "kind", descriptor.kind(), "target", descriptor.target());
    }

    private static List<Map<String, Object>> sockets(List<Descriptor> descriptors) {
        return descriptors.stream()
                .filter(descriptor -> descriptor.socket().isPresent())
                .map(descriptor -> {
                    var socket = descriptor.socket().orElseThrow();
                    return Map.<String, Object>of(
                            "descriptor", descriptor.number(),
                            "family", socket.family(),
                            "state", socket.state(),
                            "local", socket.local(),
                            "remote", socket.remote());
                })
                .toList();
    }

    private static Map<String, Object> statistics(DumpStatistics statistics) {
        var json = new LinkedHashMap<String, Object>();
        json.put("freezingMicroseconds", statistics.freezingMicros());
        json.put("frozenMicroseconds", statistics.frozenMicros());
        json.put("memoryDumpMicroseconds", statistics.memoryDumpMicros());
        json.put("memoryWriteMicroseconds", statistics.memoryWriteMicros());
        json.put("pagesScanned", statistics.pagesScanned());
        json.put("pagesWritten", statistics.pagesWritten());
        return json;
    }
}
