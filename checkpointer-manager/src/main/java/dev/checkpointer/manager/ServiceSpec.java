package dev.checkpointer.manager;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a service is, as its creator said.
 *
 * @param name other than every other service's; empty when it has none
 * @param command the program and its arguments
 * @param user {@code USER}, or {@code USER:GROUP}; empty for the daemon's own
 * @param directory the program's working directory
 * @param environment variables beside those that every service gets
 * @param restart what happens when the program ends
 * @param isolate whether it gets a PID and a mount namespace of its own
 */
record ServiceSpec(
        Optional<String> name,
        List<String> command,
        Optional<String> user,
        Path directory,
        Map<String, String> environment,
        RestartPolicy restart,
        boolean isolate) {
    /** So that a name is never taken for a PID, and fits into a path and a command. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,62}");

    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?");

    static ServiceSpec of(Map<String, Object> document) throws ManagerException {
        var fields = new Fields(document);
        var name = fields.text("name");
        var command = fields.texts("command");
        var user = fields.text("user");
        var directory = fields.text("workdir").orElse("/");
        var environment = fields.variables("env");
        var restart = fields.text("restart").orElse(RestartPolicy.NEVER.text());
        boolean isolate = fields.flag("isolate");
        fields.end();
        if (name.isPresent()) {
            requireName(name.get());
        }
        if (command.isEmpty() || command.get(0).isEmpty()) {
            throw Fields.invalid("\"command\" is missing: the program and its arguments");
        }
        if (user.isPresent() && !USER.matcher(user.get()).matches()) {
            throw Fields.invalid("\"user\" is USER or USER:GROUP, not '" + user.get() + "'");
        }
        var policy = RestartPolicy.parse(restart)
                .orElseThrow(() -> Fields.invalid(
                        "\"restart\" is never, always, on-failure or from-image, not '" + restart + "'"));
        return new ServiceSpec(name, command, user, absolute(directory), environment, policy, isolate);
    }

    static void requireName(String name) throws ManagerException {
        if (!NAME.matcher(name).matches()) {
            throw Fields.invalid(
                    "'" + name + "' is no name: letters, digits, and _ . - after the first letter, 63 at most");
        }
    }

    private static Path absolute(String directory) throws ManagerException {
        try {
            var path = Path.of(directory);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            // told below
        }
        throw Fields.invalid("\"workdir\" is an absolute path, not '" + directory + "'");
    }

    /** The same document again. */
    Map<String, Object> document() {
        var document = new LinkedHashMap<String, Object>();
        name.ifPresent(text -> document.put("name", text));
        document.put("command", command);
        user.ifPresent(text -> document.put("user", text));
        document.put("workdir", directory.toString());
        document.put("env", environment);
        document.put("restart", restart.text());
        document.put("isolate", isolate);
        return document;
    }

    ServiceSpec withName(Optional<String> other) {
        return new ServiceSpec(other, command, user, directory, environment, restart, isolate);
    }
}
