package dev.checkpointer.manager;

import dev.checkpointer.internal.restore.ProcessOwner;
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
import java.util.Set;
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
    private final Instant created;
    private final Path directory;
    private final Run run;
    private final Run tool;
    private final Logs logs;
    private final Restarts restarts;

    private final Held held;

    private volatile ServiceSpec spec;
    private ServiceState state = ServiceState.STOPPED;
    private Instant since = Instant.now();
    private String reason = "";
    private Optional<Integer> exitStatus = Optional.empty();
    private Optional<String> image = Optional.empty();
    private Optional<String> dumping = Optional.empty();
    private boolean leaving;
    private Optional<String> restoring = Optional.empty();
    private boolean removed;
    private Optional<String> standby = Optional.empty();
    private Duration lasted = Duration.ZERO;

    /** A new one, which does not run yet. */
    Service(Context context, String id, ServiceSpec spec) {
        this(context, id, spec, Instant.now());
    }

    private Service(Context context, String id, ServiceSpec spec, Instant created) {
        this.context = context;
        this.id = id;
        this.spec = spec;
        this.created = created;
        this.directory = context.layout().services().resolve(id);
        this.run = new Run(directory.resolve("run"));
        this.tool = new Run(directory.resolve("dump"));
        this.logs = new Logs(directory, context.options().logLimit());
        this.held = new Held(directory);
        this.restarts = new Restarts(this, context.scheduler());
    }

    String id() {
        return id;
    }

    Optional<String> name() {
        return spec.name();
    }

    synchronized void rename(Optional<String> name) {
        if (name.isPresent()) {
            spec = spec.withName(name);
            save();
        }
    }

    /** The image of which it is one of the standbys. */
    synchronized Optional<String> standbyOf() {
        return standby;
    }

    Instant created() {
        return created;
    }

    Logs logs() {
        return logs;
    }

    synchronized ServiceState state() {
        return state;
    }

    synchronized Optional<String> image() {
        return image;
    }

    /** Those that it comes back from, and those that something is done with at the moment. */
    synchronized List<String> images() {
        return Stream.of(image, dumping, restoring).flatMap(Optional::stream).toList();
    }

    ServiceSpec spec() {
        return spec;
    }

    Optional<ProcessIdentity> program() {
        return run.program().filter(ProcessIdentity::runs);
    }

    /** As JSON has it, with what is to be seen of the program now. */
    synchronized Map<String, Object> document() {
        var document = new LinkedHashMap<String, Object>();
        document.put("id", id);
        spec.name().ifPresent(name -> document.put("name", name));
        document.put("state", state.text());
        program().ifPresent(program -> {
            document.put("pid", program.pid());
            document.put("ppid", program.parent());
            document.put("memory", new Program(program).memory());
        });
        document.put("command", spec.command());
        document.put("created", created.toString());
        document.put("since", since.toString());
        document.put("reason", reason);
        exitStatus.ifPresent(status -> document.put("exitStatus", status));
        image.ifPresent(name -> document.put("image", name));
        document.put("workdir", spec.directory().toString());
        spec.user().ifPresent(user -> document.put("user", user));
        document.put("restart", spec.restart().text());
        document.put("isolate", spec.isolate());
        return document;
    }

    private synchronized void save() {
        var document = new LinkedHashMap<String, Object>();
        document.put("spec", spec.document());
        document.put("created", created.toString());
        document.put("state", state.text());
        document.put("since", since.toString());
        document.put("reason", reason);
        exitStatus.ifPresent(status -> document.put("exitStatus", status));
        image.ifPresent(name -> document.put("image", name));
        dumping.ifPresent(name -> document.put("dumping", name));
        document.put("leaving", leaving);
        restoring.ifPresent(name -> document.put("restoring", name));
        standby.ifPresent(name -> document.put("standby", name));
        try {
            Documents.directory(directory);
            Documents.write(directory.resolve("service.json"), document);
        } catch (IOException e) {
            context.events().tell("service.unsaved", id, e.toString());
        }
    }

    /** One that an earlier daemon kept, as it really is now. */
    static Service recovered(Context context, String id) throws IOException, ManagerException {
        var document = Documents.read(context.layout().services().resolve(id).resolve("service.json"));
        @SuppressWarnings("unchecked")
        var spec = ServiceSpec.of((Map<String, Object>) document.get("spec"));
        var service = new Service(context, id, spec, Instant.parse((String) document.get("created")));
        service.state = ServiceState.parse((String) document.get("state"));
        service.since = Instant.parse((String) document.get("since"));
        service.reason = (String) document.get("reason");
        service.exitStatus = Optional.ofNullable((Integer) document.get("exitStatus"));
        service.image = Optional.ofNullable((String) document.get("image"));
        service.dumping = Optional.ofNullable((String) document.get("dumping"));
        service.leaving = (Boolean) document.get("leaving");
        service.restoring = Optional.ofNullable((String) document.get("restoring"));
        service.standby = Optional.ofNullable((String) document.get("standby"));
        service.recover();
        return service;
    }

    private void recover() {
        if (!state.busy()) {
            if (state == ServiceState.DEAD && standby.isEmpty()) {
                restarts.ended(); // which the other one did not live to see
            }
            return;
        }
        if (state == ServiceState.DUMPING) {
            context.scheduler().execute(this::finishDumpOfAnother);
        } else if (state == ServiceState.STARTING || state == ServiceState.RESTORING) {
            context.scheduler().execute(this::finishBeginningOfAnother);
        } else if (run.watched().isPresent()) {
            if ((state == ServiceState.STANDBY || standby.isPresent())
                    && program().isPresent()) {
                becomeWhatItIs(program().get());
            }
            watch();
        } else {
            ended();
        }
    }

    /** What it began goes on without it, or will not be begun any more. */
    private void finishBeginningOfAnother() {
        try {
            boolean revoked = run.revoke();
            Waiting.until(RESTORE, () -> begun() || run.watched().isEmpty());
            Files.deleteIfExists(variables());
            if (revoked) {
                run.clear();
            }
            var program = program();
            if (program.isPresent()) {
                run.keep(program.get());
                synchronized (this) {
                    image = restoring.or(() -> image);
                    restoring = Optional.empty();
                }
                becomeWhatItIs(program.get());
            }
        } catch (IOException e) {
            context.events().tell("service.unsaved", id, e.toString());
        }
        watch();
    }

    private Path variables() {
        return directory.resolve("environment");
    }

    private void becomeWhatItIs(ProcessIdentity program) {
        if (standby.isPresent() && !held.told()) {
            become(ServiceState.STANDBY, "");
            return;
        }
        if (standby.isPresent()) {
            held.release(program);
        }
        standby = Optional.empty();
        become(ServiceState.RUNNING, "");
    }

    /** Changes the state where that is allowed. */
    private synchronized void begin(ServiceState next, ServiceState... allowed) throws ManagerException {
        if (!List.of(allowed).contains(state)) {
            throw new ManagerException(
                    Kind.CONFLICT,
                    "service " + called() + " is " + state.text() + (reason.isEmpty() ? "" : ": " + reason),
                    "");
        }
        if (removed) {
            throw new ManagerException(Kind.MISSING, "service " + called() + " was removed", "");
        }
        become(next, "");
    }

    /** The same, for a new program: nothing of the last one is to be taken for it. */
    private synchronized void beginAnew(ServiceState next, ServiceState... allowed) throws ManagerException {
        if (List.of(allowed).contains(state) && !removed) {
            try {
                run.clear();
            } catch (IOException e) {
                throw new ManagerException(
                        Kind.FAILED, "the notes on the last program of service " + called() + " stay: " + e, "", e);
            }
        }
        begin(next, allowed);
    }

    private synchronized void become(ServiceState next, String why) {
        state = next;
        reason = why;
        since = Instant.now();
        save();
        context.events().tell("service." + next.text(), id, why);
    }

    String called() {
        return spec.name().orElse(id);
    }

    /** Starts the program from its beginning; returns when it runs. */
    void start() throws ManagerException {
        restarts.cancel();
        beginAnew(ServiceState.STARTING, ServiceState.STOPPED, ServiceState.DEAD, ServiceState.DUMPED);
        try {
            run.start(
                    spec.isolate() ? Run.Kind.ISOLATED : Run.Kind.PLAIN,
                    Launcher.cold(spec),
                    spec.directory(),
                    Launcher.environment(spec),
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
    private boolean begun() {
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
        var before = restoring;
        restoring = Optional.of(from.id());
        try {
            beginAnew(ServiceState.RESTORING, allowed);
        } catch (ManagerException e) {
            restoring = before;
            throw e;
        }
    }

    private void restore(StoredImage from, List<String> options, Map<String, String> environment) throws IOException {
        var line = context.launcher().restore(context.images().open(from.id()), run, logs, spec.isolate(), options);
        run.start(Run.Kind.TOOL, line, Path.of("/"), environment, logs.output(), logs.errors());
        Waiting.until(RESTORE, () -> run.program().isPresent() || run.watched().isEmpty());
    }

    private void restored(StoredImage from, ServiceState next) throws ManagerException {
        synchronized (this) {
            image = Optional.of(from.id());
            restoring = Optional.empty();
        }
        settle(next);
        if (state() == ServiceState.DEAD && run.program().isEmpty()) {
            throw new ManagerException(Kind.FAILED, "service " + called() + " cannot be restored: " + reason, "");
        }
    }

    /** Brings the program back from an image, and leaves it stopped. */
    void prepare(StoredImage from) throws ManagerException {
        synchronized (this) {
            standby = Optional.of(from.id());
        }
        beginRestore(from, ServiceState.STOPPED);
        try {
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

    /** Takes it from all others who want a standby; false when one of them has it. */
    synchronized boolean claim() {
        if (state != ServiceState.STANDBY) {
            return false;
        }
        state = ServiceState.ACTIVATING; // what it is told will be on disk, and that is enough
        return true;
    }

    /** Gives it back. */
    void unclaim() {
        become(ServiceState.STANDBY, "");
    }

    /** Refuses what nobody would hear. */
    void requireHears(Restore told) throws ManagerException {
        var from = storedImage();
        if (told.tells() && from.isPresent() && !from.get().hooks()) {
            throw new ManagerException(
                    Kind.CONFLICT,
                    "the program of image " + from.get().id()
                            + " cannot be told anything: it was not notified of its checkpoint",
                    "Activate it without variables, properties and arguments");
        }
    }

    /** Lets a claimed one go on. */
    void activate(Restore told, boolean waitReady) throws ManagerException {
        var program = program();
        if (program.isEmpty()) {
            become(ServiceState.STANDBY, "");
            ended();
            throw new ManagerException(Kind.FAILED, "the standby " + id + " has ended: " + reason, "Try again");
        }
        try {
            if (waitReady && storedImage().filter(StoredImage::hooks).isPresent()) {
                activateAndWait(program.get(), told);
            } else {
                activate(program.get(), told, Optional.empty());
            }
        } catch (IOException e) {
            unclaim();
            throw new ManagerException(Kind.FAILED, "the standby " + id + " cannot be told anything: " + e, "");
        }
    }

    private void activate(ProcessIdentity program, Restore told, Optional<Path> ready) throws IOException {
        held.tell(context.images().open(image().orElseThrow()), told, ready);
        held.release(program);
        synchronized (this) {
            standby = Optional.empty();
            become(ServiceState.RUNNING, "");
        }
    }

    private void activateAndWait(ProcessIdentity program, Restore told) throws IOException, ManagerException {
        var theirs = ProcessOwner.directoryOf(ProcessOwner.of(program.pid()));
        try {
            var ready = theirs.resolve("ready");
            activate(program, told, Optional.of(ready));
            var why = Held.awaitReady(program, ready);
            if (why.isPresent()) {
                throw new ManagerException(
                        Kind.FAILED, "service " + called() + " failed to get ready: " + why.get(), "Look at its logs");
            }
        } finally {
            Documents.delete(theirs);
        }
    }

    /** Kills a standby, which nobody missed. */
    void end() throws ManagerException {
        if (state() == ServiceState.STANDBY) {
            stop(Duration.ZERO);
        }
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
        restoring = Optional.empty();
        become(ServiceState.DEAD, why);
        return new ManagerException(Kind.FAILED, "service " + called() + " " + why, "");
    }

    private void watch() {
        run.watched().ifPresentOrElse(process -> context.watch().add(process, this::ended), this::ended);
    }

    /** Something that was watched has ended; a monitor may, and leave its program. */
    private void ended() {
        synchronized (this) {
            if (state == ServiceState.DUMPING || !state.busy()) {
                return;
            }
            if (run.watched().isPresent()) {
                watch();
                return;
            }
            var ended = run.ended();
            exitStatus = ended.map(Run.Ended::status);
            lasted = Duration.between(since, Instant.now());
            restoring = Optional.empty();
            if (state == ServiceState.STOPPING) {
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
        return exitStatus;
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
            if (state == ServiceState.DEAD || state == ServiceState.DUMPED) {
                become(ServiceState.STOPPED, "");
            }
            if (state == ServiceState.STOPPED) {
                return;
            }
            stopped = state == ServiceState.STANDBY;
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

    /** Writes the program to an image, with which it ends unless it is left running. */
    StoredImage dump(boolean leaveRunning) throws ManagerException {
        var program = program();
        begin(ServiceState.DUMPING, ServiceState.RUNNING);
        try {
            if (program.isEmpty()) {
                throw new IOException("it has ended");
            }
            var draft = draft(program.get());
            synchronized (this) {
                dumping = Optional.of(draft.id());
                leaving = leaveRunning;
                save();
            }
            var target = context.images().reserve(draft);
            tool.start(
                    Run.Kind.TOOL,
                    context.launcher().dump(program.get(), target, leaveRunning),
                    Path.of("/"),
                    System.getenv(),
                    directory.resolve("dump.out").toFile(),
                    emptied(directory.resolve("dump.err")).toFile());
        } catch (IOException e) {
            dumpFailed();
            throw new ManagerException(Kind.FAILED, "service " + called() + " cannot be dumped: " + e.getMessage(), "");
        }
        return finishDump();
    }

    private static Path emptied(Path file) throws IOException {
        return Files.writeString(file, "");
    }

    private StoredImage draft(ProcessIdentity program) {
        var facts = new Program(program);
        var document = spec.document();
        document.remove("env");
        document.remove("name");
        return new StoredImage(
                Names.newId(),
                Instant.now(),
                facts.comm(),
                facts.command(),
                Optional.of(id),
                document,
                0,
                0,
                facts.jvm(),
                Set.of());
    }

    private void finishDumpOfAnother() {
        try {
            tool.revoke();
            if (dumping.isPresent()) {
                finishDump();
            } else {
                dumpFailed();
            }
        } catch (IOException | ManagerException e) {
            context.events().tell("service.undumped", id, e.getMessage());
        }
    }

    /** The tool keeps its own deadline. */
    private StoredImage finishDump() throws ManagerException {
        var name = dumping.orElseThrow();
        Waiting.until(RESTORE, () -> tool.watched().isEmpty());
        try {
            var stored = context.images().commit(name);
            if (!leaving) {
                Waiting.until(START, () -> run.watched().isEmpty());
            }
            synchronized (this) {
                image = Optional.of(name);
                dumping = Optional.empty();
                exitStatus = Optional.empty();
                become(leaving ? ServiceState.RUNNING : ServiceState.DUMPED, "");
            }
            context.events().tell("image.created", name, "of service " + called());
            if (leaving) {
                watch();
            }
            return stored;
        } catch (IOException e) {
            var why = read(directory.resolve("dump.err"));
            dumpFailed();
            throw new ManagerException(
                    Kind.FAILED,
                    "service " + called() + " was not dumped: " + (why.isEmpty() ? e.getMessage() : why),
                    "");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip().replaceFirst("^checkpointer: ", "");
        } catch (IOException e) {
            return "";
        }
    }

    private void dumpFailed() {
        try {
            if (dumping.isPresent()) {
                context.images().remove(dumping.get());
            }
        } catch (IOException e) {
            context.events().tell("image.left", dumping.get(), e.toString());
        }
        synchronized (this) {
            dumping = Optional.empty();
            become(ServiceState.RUNNING, "");
        }
        watch();
    }

    /** Forgets it; its images stay. */
    void remove() throws ManagerException {
        restarts.cancel();
        synchronized (this) {
            if (state.busy()) {
                throw new ManagerException(
                        Kind.CONFLICT, "service " + called() + " is " + state.text(), "Stop it first");
            }
            removed = true;
        }
        try {
            Files.deleteIfExists(directory.resolve("service.json")); // so that no half of it is taken for a service
            Documents.delete(directory);
        } catch (IOException e) {
            throw new ManagerException(
                    Kind.FAILED, "the directory of service " + called() + " cannot be removed: " + e, "");
        }
        context.events().tell("service.removed", id, "");
    }

    /** Whether its program, or what dumps it, should run again after this. */
    RestartPolicy policy() {
        return spec.restart();
    }

    /** For the restart of a program that has an image. */
    Optional<StoredImage> storedImage() {
        return image().flatMap(name -> context.images().list().stream()
                .filter(stored -> stored.id().equals(name))
                .findFirst());
    }
}
