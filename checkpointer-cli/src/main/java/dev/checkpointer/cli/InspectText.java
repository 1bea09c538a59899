package dev.checkpointer.cli;

import dev.checkpointer.cli.image.ProgramImage;
import java.util.stream.Collectors;

/** What is in an image, for people. */
final class InspectText {
    private final Console console;
    private final InspectCommand.Facts facts;
    private final boolean showValues;

    InspectText(Console console, InspectCommand.Facts facts, boolean showValues) {
        this.console = console;
        this.facts = facts;
        this.showValues = showValues;
    }

    void print() {
        overview();
        threads();
        descriptors();
        mappings();
        environment();
        restore();
    }

    private void overview() {
        var program = facts.program();
        field("image", facts.image().directory().toString());
        field("created", value("created") + " on kernel " + value("kernel") + " (" + value("arch") + ")");
        field("engine", value("engine") + " " + value("engine.version") + ", checkpointer " + value("checkpointer"));
        field("program", program.program());
        field("arguments", arguments(program));
        facts.image().manifest().get("java").ifPresent(java -> field("jdk", java));
        heap();
        field("pid", program.pid() + (program.processes() > 1 ? " and " + (program.processes() - 1) + " more" : ""));
        field(
                "size",
                Bytes.text(facts.size().total()) + ": "
                        + facts.size().byKind().entrySet().stream()
                                .map(kind -> kind.getKey() + " " + Bytes.text(kind.getValue()))
                                .collect(Collectors.joining(", ")));
        facts.statistics()
                .ifPresent(s -> field(
                        "dump",
                        "frozen for " + s.frozenMicros() / 1000 + " ms, of which memory " + s.memoryDumpMicros() / 1000
                                + " ms; " + s.pagesWritten() + " of " + s.pagesScanned() + " pages written"));
    }

    private void heap() {
        var manifest = facts.image().manifest();
        manifest.get("heap.after")
                .ifPresent(after -> field(
                        "heap",
                        bytes(after) + " of " + bytes(value("heap.before")) + ", resident memory "
                                + bytes(value("resident.after")) + " of " + bytes(value("resident.before"))));
    }

    private static String bytes(String number) {
        return number.matches("\\d{1,18}") ? Bytes.text(Long.parseLong(number)) : number;
    }

    private static String arguments(ProgramImage program) {
        return program.arguments().isEmpty()
                ? "not in the image"
                : program.arguments().stream().map(CheckpointResult::quoted).collect(Collectors.joining(" "));
    }

    private String value(String key) {
        return facts.image().manifest().get(key).orElse("?");
    }

    private void field(String name, String text) {
        console.line(console.styled("1", String.format("%-10s", name)) + Table.printable(text));
    }

    private void threads() {
        console.line("");
        var table = new Table("THREAD", "NAME");
        facts.program().threads().forEach(thread -> table.row(thread.id(), thread.name()));
        table.print(console);
    }

    private void descriptors() {
        console.line("");
        var table = new Table("DESCRIPTOR", "KIND", "REFERS TO");
        facts.program().descriptors().forEach(d -> table.row(d.number(), d.kind(), d.target()));
        table.print(console);
    }

    private void mappings() {
        console.line("");
        var table = new Table("MAPPINGS", "COUNT", "ADDRESS SPACE");
        facts.program().mappings().forEach(m -> table.row(m.kind(), m.count(), Bytes.text(m.bytes())));
        table.print(console);
    }

    private void environment() {
        console.line("");
        if (showValues) {
            var table = new Table("ENVIRONMENT", "VALUE");
            facts.program().environment().forEach(v -> table.row(InspectCommand.name(v), InspectCommand.value(v)));
            table.print(console);
        } else {
            var table = new Table("ENVIRONMENT");
            facts.program().environment().forEach(v -> table.row(InspectCommand.name(v)));
            table.print(console);
        }
    }

    private void restore() {
        console.line("");
        if (facts.obstacles().isEmpty()) {
            field(
                    "restore",
                    "this machine fits" + (facts.pidInUse() ? "; a PID is in use, so in a PID namespace" : ""));
        } else {
            field("restore", "this machine does not fit:");
            facts.obstacles().forEach(obstacle -> console.line("  " + Table.printable(obstacle)));
        }
    }
}
