package dev.checkpointer.tests.faults;

import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a fault may leave behind besides processes.
 *
 * @param mounts those of a test, and those that CRIU makes for itself; other mounts are other people's
 * @param rules of the packet filters, as far as this machine has the commands to tell them
 */
record Machine(List<String> mounts, List<String> rules) {
    private static final List<List<String>> FILTERS =
            List.of(List.of("iptables-save"), List.of("ip6tables-save"), List.of("nft", "list", "ruleset"));

    static Machine look(Path directory) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            var mounts = lines.filter(line -> line.contains(directory.toString()) || line.contains("criu"))
                    .toList();
            return new Machine(mounts, FILTERS.stream().map(Machine::rules).toList());
        }
    }

    /** The commands that this machine has, so that the page does not promise too much. */
    static String filters() {
        var present = FILTERS.stream()
                .map(command -> command.get(0))
                .filter(command -> Stream.of("/usr/sbin/", "/sbin/", "/usr/bin/")
                        .anyMatch(place -> Files.isExecutable(Path.of(place + command))))
                .collect(Collectors.joining(", "));
        return present.isEmpty() ? "none" : present;
    }

    private static String rules(List<String> command) {
        try {
            return Processes.run(command)
                    .output()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.replaceAll("\\[[0-9]+:[0-9]+]", "")) // packets and bytes
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return "no " + command.get(0);
        }
    }
}
