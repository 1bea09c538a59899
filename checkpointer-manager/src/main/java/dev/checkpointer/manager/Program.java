package dev.checkpointer.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What {@code /proc} tells of a service's program. */
final class Program {
    private final Path process;

    Program(ProcessIdentity identity) {
        this.process = Path.of("/proc", Long.toString(identity.pid()));
    }

    String comm() {
        return read("comm").strip();
    }

    List<String> command() {
        var text = read("cmdline");
        return text.isEmpty() ? List.of("[" + comm() + "]") : List.of(text.split("\0"));
    }

    boolean jvm() {
        return read("maps").lines().anyMatch(line -> line.endsWith("/libjvm.so"));
    }

    /** The PID inside of its PID namespace, when that is not this machine's. */
    Optional<Long> innerPid() {
        return read("status")
                .lines()
                .filter(line -> line.startsWith("NSpid:"))
                .map(line -> line.substring("NSpid:".length()).strip().split("\\s+"))
                .filter(pids -> pids.length > 1)
                .map(pids -> Long.parseLong(pids[pids.length - 1]))
                .findFirst();
    }

    /** Resident bytes of this process alone. */
    long memory() {
        return read("status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0L);
    }

    private String read(String name) {
        try {
            return new String(Files.readAllBytes(process.resolve(name)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
