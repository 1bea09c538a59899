package dev.checkpointer.manager;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The command lines of what the daemon starts: programs, and the checkpointer command that dumps and restores them. */
final class Launcher {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path checkpointer;

    /** With the command, {@code bin/checkpointer}. */
    Launcher(Path checkpointer) {
        this.checkpointer = checkpointer;
    }

    /** A program from its beginning. */
    static List<String> cold(ServiceSpec spec) {
        var line = new ArrayList<String>();
        spec.user().ifPresent(user -> {
            var names = user.split(":");
            line.addAll(List.of("setpriv", "--reuid", names[0]));
            line.addAll(names.length > 1 ? List.of("--regid", names[1]) : List.of("--regid", names[0]));
            line.addAll(List.of("--init-groups", "--"));
        });
        line.addAll(spec.command());
        return line;
    }

    /** A program's environment is its service's, not the daemon's. */
    static Map<String, String> environment(ServiceSpec spec) {
        var variables = new LinkedHashMap<String, String>();
        var user = spec.user().map(names -> names.split(":")[0]).orElse(System.getProperty("user.name"));
        variables.put("PATH", PATH);
        variables.put("LANG", "C.UTF-8");
        variables.put("USER", user);
        variables.put("LOGNAME", user);
        if (spec.user().isEmpty()) {
            variables.put("HOME", System.getProperty("user.home"));
        }
        variables.putAll(spec.environment());
        return variables;
    }

    /** An image, with options. */
    List<String> restore(Path image, Run run, Logs logs, boolean isolate, List<String> options) {
        var line = new ArrayList<>(List.of(checkpointer.toString(), "restore", image.toString()));
        line.addAll(List.of(
                "--pidfile",
                run.pidFile().toString(),
                "--messages",
                run.messages().toString()));
        line.addAll(List.of(
                "--output", logs.output().toString(), "--error", logs.errors().toString()));
        if (isolate) {
            line.addAll(List.of("--pid-namespace", "always"));
        }
        line.addAll(options);
        return line;
    }

    /** A program that goes on, and is told something; of its environment by a file. */
    List<String> told(boolean waitReady, Restore told, Path variables) {
        var line = new ArrayList<String>();
        if (waitReady) {
            line.add("--wait-ready");
        }
        told.properties().forEach((name, value) -> line.add("-D" + name + "=" + value));
        if (!told.environment().isEmpty()) {
            line.addAll(List.of("--env-file", variables.toString()));
        }
        if (!told.arguments().isEmpty()) {
            line.add("--");
            line.addAll(told.arguments());
        }
        return line;
    }

    /** A program that is left stopped, and reads what it is told from a file that is filled later. */
    List<String> stopped(Path message) {
        return List.of("--leave-stopped", "--message", message.toString());
    }

    /** A dump, from inside of the program's namespaces where it has its own. */
    List<String> dump(ProcessIdentity program, Path image, boolean leaveRunning) {
        var facts = new Program(program);
        var line = new ArrayList<String>();
        var inner = facts.innerPid();
        if (inner.isPresent()) {
            line.addAll(List.of("nsenter", "-t", Long.toString(program.pid()), "-p", "-m", "setsid", "--wait"));
        }
        line.addAll(List.of(checkpointer.toString(), "checkpoint"));
        line.add(Long.toString(inner.orElse(program.pid())));
        line.addAll(List.of("--to", image.toString().replace("%", "%%"), "--tcp", "close"));
        if (!facts.jvm()) {
            line.add("--no-hooks");
        }
        if (leaveRunning) {
            line.add("--leave-running");
        }
        return line;
    }
}
