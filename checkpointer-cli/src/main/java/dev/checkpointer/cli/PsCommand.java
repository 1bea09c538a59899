package dev.checkpointer.cli;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.cli.jvm.Agent;
import dev.checkpointer.cli.jvm.Jvm;
import dev.checkpointer.cli.jvm.Users;
import dev.checkpointer.engine.EngineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the JVMs. */
@Command(
        name = "ps",
        description = {
            "Lists the running JVMs of this user, for root those of all users, and whether they can be checkpointed.",
            "The JVMs are looked at from outside; they do not notice."
        })
final class PsCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    private final Console console;
    private final Users users = new Users();

    PsCommand(Console console) {
        this.console = console;
    }

    /** A JVM with what was found out about it. */
    private record Row(Jvm jvm, boolean agent, List<CommandException> obstacles) {}

    @Override
    public Integer call() throws IOException {
        var rows = new ArrayList<Row>();
        for (var jvm : Jvm.all()) {
            var row = new Row(jvm, Agent.of(jvm.pid()).isPresent(), obstacles(jvm));
            if (Jvm.of(jvm.pid()).isPresent()) { // it has not ended meanwhile
                rows.add(row);
            }
        }
        if (common.json()) {
            console.json(Map.of("jvms", rows.stream().map(this::json).toList()));
        } else {
            print(rows);
        }
        return ExitStatus.DONE;
    }

    private static List<CommandException> obstacles(Jvm jvm) {
        var request = CheckpointRequest.builder().pid(jvm.pid()).build();
        try {
            return Checkpointer.obstacles(request).stream()
                    .map(CommandException::of)
                    .toList();
        } catch (EngineException e) {
            return List.of(CommandException.of(e));
        }
    }

    private void print(List<Row> rows) {
        var table = new Table("PID", "USER", "JDK", "AGENT", "CHECKPOINT", "PROGRAM");
        for (var row : rows) {
            var jvm = row.jvm();
            table.row(
                    jvm.pid(),
                    users.name(jvm.user()),
                    jvm.version(),
                    row.agent() ? "yes" : "no",
                    row.obstacles().isEmpty() ? "yes" : "no",
                    jvm.program());
        }
        table.print(console);
        for (var row : rows) {
            for (var obstacle : row.obstacles()) {
                console.line("");
                console.line(row.jvm().pid() + ": " + Table.printable(obstacle.getMessage()));
                console.line("  " + DumpRefusal.remedy(obstacle) + ".");
            }
        }
    }

    private Map<String, Object> json(Row row) {
        var json = new LinkedHashMap<String, Object>();
        json.put("pid", row.jvm().pid());
        json.put("uid", row.jvm().user());
        json.put("user", users.name(row.jvm().user()));
        json.put("program", row.jvm().program());
        json.put("jdk", row.jvm().version());
        json.put("home", row.jvm().home().toString());
        json.put("agent", row.agent());
        json.put("checkpoint", row.obstacles().isEmpty());
        json.put(
                "obstacles",
                row.obstacles().stream()
                        .map(obstacle ->
                                Map.of("message", obstacle.getMessage(), "remedy", DumpRefusal.remedy(obstacle)))
                        .toList());
        return json;
    }
}
