package dev.checkpointer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is done with services. A service is named by its id, the beginning of that, its name or its PID. */
@Command(
        name = "service",
        description = "Runs programs as services, dumps and restores them. The daemon has to run.",
        subcommands = {
            ServiceCommand.Create.class,
            ServiceCommand.Listing.class,
            ServiceCommand.Show.class,
            ServiceCommand.Logs.class,
            ServiceCommand.Dump.class,
            ServiceCommand.Start.class,
            ServiceCommand.Stop.class,
            ServiceCommand.Remove.class,
            ServiceCommand.Restore.class,
            ServiceCommand.Standby.class,
            ServiceCommand.Activate.class
        },
        mixinStandardHelpOptions = true)
final class ServiceCommand implements Runnable {
    private static final String PATH = "/v1/services";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "name what to do with a service, as \"service list\"");
    }

    private static String path(String service) {
        return PATH + "/" + DaemonClient.segment(service);
    }

    /** Something that the daemon is asked for. */
    abstract static class Question implements Callable<Integer> {
        @CommandLine.Mixin
        CommonOptions common;

        @Spec
        CommandSpec spec;

        final Console console;

        Question(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws CommandException {
            try (var client = DaemonClient.ofSettings()) {
                ask(client);
            }
            return ExitStatus.DONE;
        }

        abstract void ask(DaemonClient client) throws CommandException;

        /** JSON where that is wanted, or else one word. */
        void tell(Map<String, Object> answer, Object word) {
            if (common.json()) {
                console.json(answer);
            } else {
                console.line(String.valueOf(word));
            }
        }
    }

    /** Makes a service and starts it. */
    @Command(name = "create", description = "Starts a program as a service, and prints the service's id.")
    static final class Create extends Question {
        @Option(names = "--name", paramLabel = "NAME", description = "a name that no other service has")
        private String name;

        @Option(names = "--user", paramLabel = "USER[:GROUP]", description = "run the program as this user")
        private String user;

        @Option(names = "--workdir", paramLabel = "DIR", description = "the program's directory (default: this one)")
        private Path directory;

        @Option(
                names = "--env",
                paramLabel = "NAME=VALUE",
                description = "a variable of the program's environment; may be repeated")
        private Map<String, String> variables = new LinkedHashMap<>();

        @Option(
                names = "--env-file",
                paramLabel = "FILE",
                description = "variables from the lines NAME=VALUE of a file")
        private Path variablesFile;

        @Option(
                names = "--restart",
                paramLabel = "WHEN",
                description = "what happens when the program ends: never, always, on-failure or from-image")
        private String restart;

        @Option(names = "--isolate", description = "a PID and a mount namespace of its own")
        private boolean isolate;

        @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "the program and its arguments")
        private List<String> command;

        Create(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var body = new LinkedHashMap<String, Object>();
            if (name != null) {
                body.put("name", name);
            }
            if (user != null) {
                body.put("user", user);
            }
            body.put(
                    "workdir",
                    (directory == null ? Path.of("") : directory)
                            .toAbsolutePath()
                            .normalize()
                            .toString());
            body.put("env", Variables.of(variablesFile, variables));
            if (restart != null) {
                body.put("restart", restart);
            }
            body.put("isolate", isolate);
            body.put("command", found(command));
            var answer = client.post(PATH, body);
            tell(answer, answer.get("id"));
        }

        /** A path is that of this command's directory, as in a shell. */
        private static List<String> found(List<String> command) {
            var program = Path.of(command.get(0));
            if (program.isAbsolute() || program.getNameCount() == 1 || !Files.exists(program)) {
                return command;
            }
            var absolute = new ArrayList<>(command);
            absolute.set(0, program.toAbsolutePath().normalize().toString());
            return absolute;
        }
    }

    /** Lists the services. */
    @Command(name = "list", aliases = "ls", description = "Lists the services.")
    static final class Listing extends Question {
        @Option(
                names = {"-q", "--quiet"},
                description = "print the ids alone")
        private boolean quiet;

        Listing(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var answer = client.get(PATH);
            if (common.json()) {
                console.json(answer);
                return;
            }
            var table = new Table("OBJECT_ID", "NAME", "PID", "PPID", "STATE", "ARGS");
            for (var service : objects(answer, "services")) {
                if (quiet) {
                    console.line(text(service, "id"));
                }
                table.row(
                        text(service, "id"),
                        text(service, "name"),
                        text(service, "pid"),
                        text(service, "ppid"),
                        text(service, "state"),
                        String.join(" ", strings(service, "command")));
            }
            if (!quiet) {
                table.print(console);
            }
        }
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> objects(Map<String, Object> answer, String name) {
        return (List<Map<String, Object>>) answer.get(name);
    }

    @SuppressWarnings("unchecked")
    static List<String> strings(Map<String, Object> object, String name) {
        return (List<String>) object.get(name);
    }

    static String text(Map<String, Object> object, String name) {
        var value = object.get(name);
        return value == null ? "-" : value.toString();
    }

    /** A question about one service. */
    abstract static class OneService extends Question {
        @Parameters(paramLabel = "SERVICE", description = "its id, the beginning of that, its name or its PID")
        String service;

        OneService(Console console) {
            super(console);
        }
    }

    /** Tells all about a service. */
    @Command(name = "show", description = "Tells all about a service.")
    static final class Show extends OneService {
        Show(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            Details.print(console, common, client.get(path(service)));
        }
    }

    /** Prints what a service wrote. */
    @Command(name = "logs", description = "Prints what a service wrote to its standard output.")
    static final class Logs extends OneService {
        @Option(
                names = {"-f", "--follow"},
                description = "go on with what it writes")
        private boolean follow;

        @Option(names = "--error", description = "its standard error instead")
        private boolean error;

        @Option(names = "--tail", paramLabel = "N", description = "the last N lines alone")
        private Long tail;

        Logs(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var path = path(service) + "/logs?stream=" + (error ? "err" : "out");
            path += tail == null ? "" : "&tail=" + tail;
            path += follow ? "&follow" : "";
            client.copy(path, console.stream());
        }
    }

    /** Writes a service's program to an image. */
    @Command(
            name = "dump",
            description = {
                "Writes the program of a service to an image, and prints the image's directory.",
                "The service stops with that; \"service restore\" brings it back."
            })
    static final class Dump extends Question {
        @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "its id, the beginning of that, or its name")
        private String service;

        @Option(names = "-t", paramLabel = "PID", description = "the service whose program has this PID")
        private String pid;

        @Option(names = "--leave-running", description = "let the program go on")
        private boolean leaveRunning;

        Dump(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            if ((service == null) == (pid == null)) {
                throw new CommandLine.ParameterException(spec.commandLine(), "name a service, or its PID with -t");
            }
            var answer =
                    client.post(path(service == null ? pid : service) + "/dump", Map.of("leaveRunning", leaveRunning));
            tell(answer, answer.get("directory"));
        }
    }

    /** Starts a service's program from its beginning. */
    @Command(name = "start", description = "Starts the program of a service again, from its beginning.")
    static final class Start extends OneService {
        Start(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var answer = client.post(path(service) + "/start", Map.of());
            tell(answer, answer.get("id"));
        }
    }

    /** Ends a service's program. */
    @Command(name = "stop", description = "Asks the program of a service to end, and kills it when it does not.")
    static final class Stop extends OneService {
        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                description = "how long it may take (default: ${DEFAULT-VALUE})",
                defaultValue = "10")
        private int seconds;

        Stop(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var answer = client.post(path(service) + "/stop", Map.of("timeout", seconds));
            tell(answer, answer.get("id"));
        }
    }

    /** Forgets services. */
    @Command(name = "rm", description = "Forgets services, with what they wrote. Their images stay.")
    static final class Remove extends Question {
        @Parameters(arity = "1..*", paramLabel = "SERVICE", description = "ids, beginnings of ids, or names")
        private List<String> services;

        @Option(
                names = {"-f", "--force"},
                description = "stop those that run")
        private boolean force;

        Remove(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            for (var service : services) {
                var answer = client.delete(path(service) + (force ? "?force" : ""));
                tell(answer, answer.get("id"));
            }
        }
    }

    /** Brings programs back from an image. */
    @Command(
            name = "restore",
            description = {
                "Brings a program back from an image, and prints its service's id.",
                "It is the service that was dumped, unless that runs, or several are asked for, or another name is given."
            })
    static final class Restore extends Question {
        @CommandLine.Mixin
        private FromImage from;

        @Option(names = "--count", paramLabel = "N", description = "bring back N of them")
        private Integer count;

        @CommandLine.Mixin
        private Told told;

        Restore(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var body = told.body();
            if (count != null) {
                body.put("count", count);
            }
            var answer = client.post(from.path() + "/restore", body);
            if (common.json()) {
                console.json(answer);
            } else {
                objects(answer, "services").forEach(service -> console.line(text(service, "id")));
            }
        }
    }

    /** Keeps programs restored and stopped. */
    @Command(
            name = "standby",
            description = {
                "Keeps N programs of an image restored and stopped, so that \"service activate\" takes milliseconds.",
                "Without --count it tells how many are kept, and how many are ready."
            })
    static final class Standby extends Question {
        @CommandLine.Mixin
        private FromImage from;

        @Option(names = "--count", paramLabel = "N", description = "how many; 0 ends them")
        private Integer count;

        Standby(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var path = from.path() + "/standby";
            Details.print(console, common, count == null ? client.get(path) : client.put(path, Map.of("count", count)));
        }
    }

    /** Lets a standby go on. */
    @Command(
            name = "activate",
            description = {
                "Lets one of the standbys of an image go on as a service, and prints its id. Another takes its place.",
                "When none is ready at the moment, one is restored."
            })
    static final class Activate extends Question {
        @CommandLine.Mixin
        private FromImage from;

        @CommandLine.Mixin
        private Told told;

        @Option(names = "--wait-ready", description = "wait until the program's resources were notified")
        private boolean waitReady;

        Activate(Console console) {
            super(console);
        }

        @Override
        void ask(DaemonClient client) throws CommandException {
            var body = told.body();
            body.put("waitReady", waitReady);
            var answer = client.post(from.path() + "/activate", body);
            tell(answer, answer.get("id"));
        }
    }

    /** The image that programs are brought back from. */
    static final class FromImage {
        @Option(
                names = "--from",
                required = true,
                paramLabel = "IMAGE",
                description = "the image: its id, the beginning of that, a tag or its directory")
        private String image;

        String path() {
            return "/v1/images/" + DaemonClient.segment(image);
        }
    }

    /** What a program is told when it comes back. */
    static final class Told {
        @Option(names = "--name", paramLabel = "NAME", description = "name of a new service")
        private String name;

        @Option(names = "-D", paramLabel = "NAME=VALUE", description = "a system property; may be repeated")
        private Map<String, String> properties = new LinkedHashMap<>();

        @Option(names = "--env", paramLabel = "NAME=VALUE", description = "a variable; may be repeated")
        private Map<String, String> variables = new LinkedHashMap<>();

        @Option(
                names = "--env-file",
                paramLabel = "FILE",
                description = "variables from the lines NAME=VALUE of a file")
        private Path variablesFile;

        @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "new arguments of the program")
        private List<String> arguments = List.of();

        Map<String, Object> body() throws CommandException {
            var body = new LinkedHashMap<String, Object>();
            body.put("properties", properties);
            body.put("env", Variables.of(variablesFile, variables));
            body.put("arguments", arguments);
            if (name != null) {
                body.put("name", name);
            }
            return body;
        }
    }

    /** Variables of a file and of options. */
    static final class Variables {
        private Variables() {}

        static Map<String, String> of(Path file, Map<String, String> options) throws CommandException {
            var variables = new LinkedHashMap<String, String>();
            if (file != null) {
                try {
                    for (var line : Files.readAllLines(file)) {
                        int equals = line.indexOf('=');
                        if (equals > 0 && !line.startsWith("#")) {
                            variables.put(line.substring(0, equals), line.substring(equals + 1));
                        }
                    }
                } catch (IOException e) {
                    throw new CommandException(
                            ExitStatus.USAGE, "cannot read the variables in " + file + ": " + e.getMessage(), "");
                }
            }
            variables.putAll(options);
            return variables;
        }
    }
}
