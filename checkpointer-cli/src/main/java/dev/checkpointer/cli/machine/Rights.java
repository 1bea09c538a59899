package dev.checkpointer.cli.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What this process may do, from {@code /proc/self/status} (proc_pid_status(5), capabilities(7)). */
final class Rights {
    private static final int SYS_ADMIN = 21;
    private static final int HEXADECIMAL = 16;
    private static final String SETCAP = "setcap cap_checkpoint_restore,cap_sys_ptrace,cap_setpcap+eip ";

    /** What CRIU uses, by bit, with what is lost without it. */
    private static final Map<Integer, String> USED = new LinkedHashMap<>();

    static {
        USED.put(40, "CHECKPOINT_RESTORE");
        USED.put(19, "SYS_PTRACE");
        USED.put(SYS_ADMIN, "SYS_ADMIN");
        USED.put(24, "SYS_RESOURCE");
        USED.put(12, "NET_ADMIN");
        USED.put(8, "SETPCAP");
    }

    private final Map<String, String> status;

    Rights(Map<String, String> status) {
        this.status = status;
    }

    static Rights ofThisProcess() throws IOException {
        var status = new LinkedHashMap<String, String>();
        for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                status.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return new Rights(status);
    }

    private boolean has(int capability) {
        return (Long.parseUnsignedLong(status.getOrDefault("CapEff", "0"), HEXADECIMAL) >>> capability & 1) != 0;
    }

    /** CRIU has to be told that it lacks root's rights. */
    boolean unprivileged() {
        return !has(SYS_ADMIN);
    }

    boolean root() {
        return status.getOrDefault("Uid", "?").split("\\s+")[1].equals("0");
    }

    Finding capabilities(String criu) {
        var missing = new ArrayList<String>();
        USED.forEach((bit, name) -> {
            if (!has(bit)) {
                missing.add(name);
            }
        });
        if (!root()) {
            return Finding.ok(
                    "rights",
                    "an ordinary user, who needs a criu with file capabilities (as root: " + SETCAP + criu + ")");
        }
        if (missing.isEmpty()) {
            return Finding.ok("rights", "root with all that CRIU uses");
        }
        boolean needed = missing.contains("SYS_PTRACE")
                || missing.contains("CHECKPOINT_RESTORE") && missing.contains("SYS_ADMIN");
        var text = "root without " + String.join(", ", missing) + consequence(missing);
        var remedy = "In a container, add what is missing: --cap-add=" + String.join(" --cap-add=", missing);
        return needed ? Finding.fail("rights", text, remedy) : Finding.warn("rights", text, remedy);
    }

    private static String consequence(List<String> missing) {
        return missing.contains("SYS_RESOURCE") ? ": other users' processes cannot be dumped" : "";
    }

    Finding seccomp() {
        return switch (status.getOrDefault("Seccomp", "0")) {
            case "0" -> Finding.ok("seccomp", "no filter");
            case "1" -> Finding.fail("seccomp", "strict mode", "Run this outside of the sandbox");
            default ->
                Finding.warn(
                        "seccomp",
                        "a filter is set; it may refuse what CRIU calls, and is inherited by what is restored",
                        "In a container, start it with --security-opt seccomp=unconfined if the dump below fails");
        };
    }

    Finding newPrivileges() {
        return status.getOrDefault("NoNewPrivs", "0").equals("0") || root()
                ? Finding.ok("new privileges", "may be gained by a criu with file capabilities")
                : Finding.fail(
                        "new privileges",
                        "are forbidden to this process (no_new_privs), so that criu's file capabilities have no effect",
                        "Start it without that restriction, or use a criu service");
    }
}
