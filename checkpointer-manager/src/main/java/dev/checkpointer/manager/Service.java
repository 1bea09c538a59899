package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A program that is kept: started, dumped, restored, and told of when it has ended. One thing happens to it at a time; what comes
 * meanwhile is refused. What it is doing is written down before it is done, so that another daemon can go on with it. Safe for use
 * by several threads.
 */
final class Service {
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration RESTORE = Duration.ofMinutes(3);
    private static final int TOLD_ERRORS = 2000;

    private final Context context;
    private final String id;
    private final Path directory;
    private final Run run;
    private final Logs logs;
    private final Restarts restarts;
    private final Dumping dumping;
    private final Activation activation;

    private final ServiceFacts facts;
    private boolean removed;
    private Duration lasted = Duration.ZERO;

    /** A new one, which does not run yet. */
    Service(Context context, String id, ServiceSpec spec) {
        this(context, id, new ServiceFacts(spec, Instant.now()));
    }

    private Service(Context context, String id, ServiceFacts facts) {
        this.context = context;
        this.id = id;
        this.facts = facts;
        this.directory = context.layout().services().resolve(id);
        this.run = new Run(directory.resolve("run"));
        this.logs = new Logs(directory, context.options().logLimit());
        this.dumping = new Dumping(this, context, facts, run);
        this.activation = new Activation(this, context, facts);
        this.restarts = new Restarts(this, context.scheduler());
    }

    /** One that an earlier daemon kept, as it really is now. */
    static Service recovered(Context context, String id) throws IOException, ManagerException {
        var facts = ServiceFacts.read(context.layout().services().resolve(id));
        var service = new Service(context, id, facts);
        new Recovery(service, context, facts, service.run).begin();
        return service;
    }

    String id() {
        return id;
    }

    Optional<String> name() {
        return facts.spec.name();
    }

    synchronized void rename(Optional<String> name) {
        if (name.isPresent()) {
            facts.spec = facts.spec.withName(name);
            save();
        }
    }

    /** The image of which it is one of the standbys. */
    synchronized Optional<String> standbyOf() {
        return facts.standby;
    }

    Instant created() {
        return facts.created;
    }

    Logs logs() {
        return logs;
    }

    synchronized ServiceState state() {
        return facts.state;
    }

    synchronized Optional<String> image() {
        return facts.image;
    }

    /** Those that it comes back from, and those that something is done with at the moment. */
    synchronized List<String> images() {
        return Stream.of(facts.image, facts.dumping, facts.restoring)
                .flatMap(Optional::stream)
                .toList();
    }

    ServiceSpec spec() {
        return facts.spec;
    }

    Optional<ProcessIdentity> program() {
        return run.program().filter(ProcessIdentity::runs);
    }

    /** As JSON has it, with what is to be seen of the program now. */
    synchronized Map<String, Object> document() {
        var document = new LinkedHashMap<String, Object>();
        document.put("id", id);
        facts.spec.name().ifPresent(name -> document.put("name", name));
        document.put("state", facts.state.text());
        program().ifPresent(program -> {
            document.put("pid", program.pid());
            document.put("ppid", program.parent());
            document.put("memory", new Program(program).memory());
        });
        document.put("command", facts.spec.command());
        document.put("created", facts.created.toString());
        document.put("since", facts.since.toString());
        document.put("reason", facts.reason);
        facts.exitStatus.ifPresent(status -> document.put("exitStatus", status));
        facts.image.ifPresent(name -> document.put("image", name));
        document.put("workdir", facts.spec.directory().toString());
        facts.spec.user().ifPresent(user -> document.put("user", user));
        document.put("restart", facts.spec.restart().text());
        document.put("isolate", facts.spec.isolate());
        return document;
    }

    synchronized void save() {
        try {
            facts.write(directory);
        } catch (IOException e) {
            context.events().tell("service.unsaved", id, e.toString());
        }
    }

    Path variables() {
        return directory.resolve("environment");
    }

    /** Changes the state where that is allowed. */
    synchronized void begin(ServiceState next, ServiceState... allowed) throws ManagerException {
        if (!List.of(allowed).contains(facts.state)) {
            throw new ManagerException(
                    Kind.CONFLICT,
                    "service " + called() + " is " + facts.state.text()
                            + (facts.reason.isEmpty() ? "" : ": " + facts.reason),
                    "");
        }
        if (removed) {
            throw new ManagerException(Kind.MISSING, "service " + called() + " was removed", "");
        }
        become(next, "");
    }

    /** The same, for a new program: nothing of the last one is to be taken for it. */
    private synchronized void beginAnew(ServiceState next, ServiceState... allowed) throws ManagerException {
        if (List.of(allowed).contains(facts.state) && !removed) {
            try {
                run.clear();
            } catch (IOException e) {
                throw new ManagerException(
                        Kind.FAILED, "the notes on the last program of service " + called() + " stay: " + e, "", e);
            }
        }
        begin(next, allowed);
    }

    synchronized void become(ServiceState next, String why) {
        facts.state = next;
        facts.reason = why;
        facts.since = Instant.now();
        save();
        context.events().tell("service." + next.text(), id, why);
    }

    String called() {
        return facts.spec.name().orElse(id);
    }

    /** Starts the program from its beginning; returns when it runs. */
    void start() throws ManagerException {
        restarts.cancel();
        beginAnew(ServiceState.STARTING, ServiceState.STOPPED, ServiceState.DEAD, ServiceState.DUMPED);
        try {
            run.start(
                    facts.spec.isolate() ? Run.Kind.ISOLATED : Run.Kind.PLAIN,
                    Launcher.cold(facts.spec),
                    facts.spec.directory(),
                    Launcher.environment(facts.spec),
                    logs.output(),
                    logs.errors());
        } catch (IOException e) {
            throw dead("cannot be started: " + e.getMessage());
        }
        Waiting.until(START, () -> begun() || run.watched().isEmpty());
        var line = line();
        if (line.isEmpty() || onTheWay(line)) {
            var why = lastWords();
            run.kill();
            throw dead("cannot be started: " + why);
        }
        running();
    }

    private String lastWords() {
        var words = logs.lastErrors(TOLD_ERRORS);
        return words.isEmpty() ? run.ended().map(Service::told).orElse("it does not begin") : words;
    }

    /** The shells on the way to the program have become it. */
    boolean begun() {
        var line = line();
        // For a moment of its becoming a program has no command line, but a name in brackets.
        return !line.isEmpty() && !onTheWay(line) && !line.get(0).startsWith("[");
    }

    private boolean onTheWay(List<String> line) {
        return line.contains(directory.resolve("run").toString()) || line.contains("--init-groups");
    }

    /** Of the program; empty when there is none. */
    private List<String> line() {
        return program().map(program -> new Program(program).command()).orElse(List.of());
    }

    /** Brings the program back from an image; returns when it runs, and was notified where it can be. */
    void restore(StoredImage from, Restore told) throws ManagerException {
        restarts.cancel();
        beginRestore(from, ServiceState.STOPPED, ServiceState.DEAD, ServiceState.DUMPED);
        var variables = variables();
        try {
            Documents.directory(directory);
            if (!told.environment().isEmpty()) {
                Secrets.write(variables, told.environment());
            }
            restore(from, context.launcher().told(from.hooks(), told, variables), System.getenv());
            Files.deleteIfExists(variables);
        } catch (IOException e) {
            throw dead("cannot be restored: " + e.getMessage());
        }
        restored(from, ServiceState.RUNNING);
    }

    private synchronized void beginRestore(StoredImage from, ServiceState... allowed) throws ManagerException {
        var before = facts.restoring;
        facts.restoring = Optional.of(from.id());
        try {
            beginAnew(ServiceState.RESTORING, allowed);
        } catch (ManagerException e) {
            facts.restoring = before;
            throw e;
        }
    }

    private void restore(StoredImage from, List<String> options, Map<String, String> environment) throws IOException {
        var line =
                context.launcher().restore(context.images().open(from.id()), run, logs, facts.spec.isolate(), options);
        run.start(Run.Kind.TOOL, line, Path.of("/"), environment, logs.output(), logs.errors());
        Waiting.until(RESTORE, () -> run.program().isPresent() || run.watched().isEmpty());
    }

    private void restored(StoredImage from, ServiceState next) throws ManagerException {
        synchronized (this) {
            facts.image = Optional.of(from.id());
            facts.restoring = Optional.empty();
        }
        settle(next);
        if (state() == ServiceState.DEAD && run.program().isEmpty()) {
            throw new ManagerException(Kind.FAILED, "service " + called() + " cannot be restored: " + facts.reason, "");
        }
    }

    /** Brings the program back from an image, and leaves it stopped. */
    void prepare(StoredImage from) throws ManagerException {
        synchronized (this) {
            facts.standby = Optional.of(from.id());
        }
        beginRestore(from, ServiceState.STOPPED);
        try {
            var held = activation.held();
            held.prepare();
            // Many may fail in a row; what the command keeps for people then goes with the service.
            var environment = new HashMap<>(System.getenv());
            environment.put("TMPDIR", directory.toString());
            restore(from, context.launcher().stopped(held.message()), environment);
        } catch (IOException e) {
            throw dead("cannot be restored: " + e.getMessage());
        }
        restored(from, ServiceState.STANDBY);
    }

    private void running() throws ManagerException {
        settle(ServiceState.RUNNING);
    }

    private void settle(ServiceState next) throws ManagerException {
        try {
            var program = run.program();
            if (program.isPresent()) {
                run.keep(program.get());
            }
        } catch (IOException e) {
            throw dead("its process cannot be noted: " + e.getMessage());
        }
        become(next, "");
        watch();
    }

    private synchronized ManagerException dead(String why) {
        facts.restoring = Optional.empty();
        become(ServiceState.DEAD, why);
        return new ManagerException(Kind.FAILED, "service " + called() + " " + why, "");
    }

    void watch() {
        run.watched().ifPresentOrElse(process -> context.watch().add(process, this::ended), this::ended);
    }

    /** Something that was watched has ended; a monitor may, and leave its program. */
    void ended() {
        synchronized (this) {
            if (facts.state == ServiceState.DUMPING || !facts.state.busy()) {
                return;
            }
            if (run.watched().isPresent()) {
                watch();
                return;
            }
            var ended = run.ended();
            facts.exitStatus = ended.map(Run.Ended::status);
            lasted = Duration.between(facts.since, Instant.now());
            facts.restoring = Optional.empty();
            if (facts.state == ServiceState.STOPPING) {
                become(ServiceState.STOPPED, "");
                return;
            }
            become(ServiceState.DEAD, ended.map(this::why).orElseGet(this::lost));
        }
        if (standbyOf().isEmpty()) {
            restarts.ended();
        }
    }

    private String why(Run.Ended ended) {
        var messages = read(run.messages());
        return messages.isEmpty() ? told(ended) : messages;
    }

    private String lost() {
        if (run.monitor().isEmpty()) {
            return "the daemon ended before it began";
        }
        boolean sameBoot =
                run.monitor().or(run::program).map(ProcessIdentity::sameBoot).orElse(true);
        return sameBoot ? "it was killed together with what watched it" : "the machine was started anew";
    }

    private static String told(Run.Ended ended) {
        return ended.status() > 128
                ? "ended by signal " + (ended.status() - 128)
                : "ended with status " + ended.status();
    }

    synchronized Optional<Integer> exitStatus() {
        return facts.exitStatus;
    }

    /** How long its last program ran. */
    synchronized Duration lasted() {
        return lasted;
    }

    /** Ends the program: asks it, and kills it when that has not helped in time. Nothing below it stays. */
    void stop(Duration patience) throws ManagerException {
        restarts.cancel();
        boolean stopped; // it would not hear
        synchronized (this) {
            if (facts.state == ServiceState.DEAD || facts.state == ServiceState.DUMPED) {
                become(ServiceState.STOPPED, "");
            }
            if (facts.state == ServiceState.STOPPED) {
                return;
            }
            stopped = facts.state == ServiceState.STANDBY;
            begin(ServiceState.STOPPING, ServiceState.RUNNING, ServiceState.STANDBY, ServiceState.STOPPING);
        }
        var all = program().map(Processes::tree).orElse(List.of());
        if (!stopped) {
            program().ifPresent(program -> Processes.signal(program, Pidfd.TERM));
        }
        if (stopped || !Waiting.until(patience, () -> state() != ServiceState.STOPPING)) {
            killTree();
            Waiting.until(START, () -> state() != ServiceState.STOPPING);
        }
        if (state() == ServiceState.STOPPING) {
            throw new ManagerException(Kind.FAILED, "service " + called() + " does not end", "Look at its process");
        }
        all.forEach(process -> Processes.signal(process, Pidfd.KILL)); // what the program left of those below it
    }

    private void killTree() {
        program()
                .ifPresent(
                        program -> Processes.tree(program).forEach(process -> Processes.signal(process, Pidfd.KILL)));
    }

    /** Forgets it; its images stay. */
    void remove() throws ManagerException {
        restarts.cancel();
        synchronized (this) {
            if (facts.state.busy()) {
                throw new ManagerException(
                        Kind.CONFLICT, "service " + called() + " is " + facts.state.text(), "Stop it first");
            }
            removed = true;
        }
        try {
            Files.deleteIfExists(ServiceFacts.file(directory)); // so that no half of it is taken for a service
            Documents.delete(directory);
        } catch (IOException e) {
            throw new ManagerException(
                    Kind.FAILED, "the directory of service " + called() + " cannot be removed: " + e, "");
        }
        context.events().tell("service.removed", id, "");
    }

    /** Kills a standby, which nobody missed. */
    void end() throws ManagerException {
        if (state() == ServiceState.STANDBY) {
            stop(Duration.ZERO);
        }
    }

    /** Writes the program to an image, with which it ends unless it is left running. */
    StoredImage dump(boolean leaveRunning) throws ManagerException {
        return dumping.run(leaveRunning);
    }

    Dumping dumping() {
        return dumping;
    }

    Activation activation() {
        return activation;
    }

    Restarts restarts() {
        return restarts;
    }

    Path directory() {
        return directory;
    }

    static String read(Path file) {
        try {
            return Files.readString(file).strip().replaceFirst("^checkpointer: ", "");
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether its program, or what dumps it, should run again after this. */
    RestartPolicy policy() {
        return facts.spec.restart();
    }

    /** For the restart of a program that has an image. */
    Optional<StoredImage> storedImage() {
        return image().flatMap(name -> context.images().list().stream()
                .filter(stored -> stored.id().equals(name))
                .findFirst());
    }
}
