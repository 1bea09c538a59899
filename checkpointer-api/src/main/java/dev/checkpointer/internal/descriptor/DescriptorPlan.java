package dev.checkpointer.internal.descriptor;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of each descriptor of a process in a checkpoint: what the first rule of the policy file says that matches it,
 * otherwise what {@code checkpointer.descriptors} says.
 */
public final class DescriptorPlan {
    private static final String CLOSE_OR_POLICY =
            "Close it in beforeCheckpoint, or name it in a policy file (checkpointer.policies)";

    private final List<EngineException> refusals = new ArrayList<>();
    private final List<OpenDescriptor> closing = new ArrayList<>();
    private final Set<String> reopened = new HashSet<>();
    private final List<String> warnings = new ArrayList<>();
    private final Traces traces;
    private final boolean self;

    private DescriptorPlan(boolean self, Traces traces) {
        this.self = self;
        this.traces = traces;
    }

    /**
     * Reads the policy file, to see whether it can be read.
     *
     * @param settings which file
     * @throws EngineException when it cannot
     */
    public static void requirePolicies(Settings settings) throws EngineException {
        PolicyFile.read(settings);
    }

    /**
     * Decides. Nothing is done yet.
     *
     * @param pid the process
     * @param request what to do with connections
     * @param settings policies, and whether what no rule is about has to be closed
     * @param closing connections to these Unix sockets do not count
     * @param company classes whose files are not the program's
     * @return the plan
     * @throws IOException when the process cannot be looked at
     * @throws EngineException when the policies cannot be read
     */
    public static DescriptorPlan of(
            long pid, CheckpointRequest request, Settings settings, Set<String> closing, List<Class<?>> company)
            throws IOException, EngineException {
        var policies = PolicyFile.read(settings);
        boolean strict = settings.text(Setting.DESCRIPTORS).orElseThrow().equals("strict");
        boolean self = pid == ProcessHandle.current().pid();
        var opens = self && Opens.areTracked() ? Opens.byNumber() : Map.<Integer, Opens.Open>of();
        var traces = new Traces(opens, self && settings.flag(Setting.DESCRIPTORS_TRACE));
        var plan = new DescriptorPlan(self, traces);
        if (traces.wanted() && !Opens.areTracked()) {
            plan.warnings.add(Traces.NEEDS_AGENT);
        }
        var tree = DumpedProcess.tree(pid);
        var sockets = SocketTable.of(
                pid,
                tree.stream().flatMap(process -> process.descriptors().stream()).toList());
        var processes = tree.stream()
                .map(process -> process.without(descriptor -> sockets.leadsTo(descriptor.target(), closing)))
                .toList();
        var all = processes.get(0).descriptors();
        Optional<OwnDescriptors> own = policies.isEmpty() && !strict
                ? Optional.empty()
                : Optional.of(OwnDescriptors.of(pid, company, sockets.pairs(all)));
        var unseen = new HashSet<Descriptor>();
        for (var descriptor : all) {
            if (own.isPresent()) {
                var open = OpenDescriptor.of(descriptor, sockets, Optional.ofNullable(opens.get(descriptor.number())));
                if (!plan.decide(open, policies, own.get(), strict)) {
                    unseen.add(descriptor);
                }
            }
        }
        var left = processes.stream()
                .map(process -> process.without(
                        descriptor -> plan.closing.stream().anyMatch(open -> open.descriptor() == descriptor)))
                .toList();
        var check = new DescriptorCheck(left, sockets, request.tcp(), request.ghostLimit(), traces);
        plan.refusals.addAll(check.refusals(unseen));
        return plan;
    }

    /** False when nobody else has to look at it. */
    private boolean decide(OpenDescriptor open, List<Policy> policies, OwnDescriptors own, boolean strict) {
        boolean isOwn = own.contains(open);
        try {
            var policy = policies.stream()
                    .filter(rule -> (!isOwn || rule.kind() == DescriptorKind.DESCRIPTOR) && rule.matches(open))
                    .findFirst();
            if (policy.isPresent()) {
                return obey(policy.get(), open);
            }
        } catch (Policy.UnknownPeer e) {
            refuse(
                    open,
                    open.text() + ", of which a rule has to know the other end",
                    "Start the program with the agent (-javaagent:checkpointer-agent.jar)");
            return false;
        }
        if (strict && !isOwn) {
            refuse(open, open.text() + ", and checkpointer.descriptors=strict", CLOSE_OR_POLICY);
            return false;
        }
        return true;
    }

    private boolean obey(Policy policy, OpenDescriptor open) {
        var action = policy.action();
        var refusedBefore = refusals.size();
        boolean look = switch (action) {
            case KEEP, WARN -> true;
            case IGNORE -> false;
            case ERROR -> {
                refuse(
                        open,
                        open.text() + ", which must not be open (" + policy.place() + ")",
                        "Close it in beforeCheckpoint");
                yield false;
            }
            case CLOSE -> close(policy, open);
            case REOPEN -> reopen(policy, open);
        };
        if (policy.warns() && refusals.size() == refusedBefore) {
            warnings.add("descriptor " + open.number() + " is " + open.text() + "; the action is "
                    + action.name().toLowerCase(Locale.ROOT) + " (" + policy.place() + ")");
        }
        return look;
    }

    private boolean close(Policy policy, OpenDescriptor open) {
        var rule = ", which is to be closed (" + policy.place() + ")";
        if (!self) {
            refuse(
                    open,
                    open.text() + rule + ", but only the program itself can do so",
                    "Have the program make its checkpoint itself, with the agent, or change the rule");
        } else if (!Opens.areTracked()) {
            refuse(
                    open,
                    open.text() + rule + ", but without the agent nobody knows its object",
                    "Start the program with -javaagent:checkpointer-agent.jar and the same checkpointer.policies, or close it in beforeCheckpoint");
        } else if (open.open().filter(Opens.Open::canBeClosed).isEmpty()) {
            refuse(
                    open,
                    open.text() + rule + ", but it belongs to no object that the agent has seen being made",
                    "Load the agent with -javaagent, close it in beforeCheckpoint, or change the rule");
        } else {
            closing.add(open);
        }
        return false;
    }

    private boolean reopen(Policy policy, OpenDescriptor open) {
        boolean can = switch (open.kind()) {
            case FILE -> !open.isDeleted() && open.target().chars().noneMatch(Character::isISOControl);
            case DEVICE -> true;
            case SOCKET -> open.listens();
            case PIPE, DESCRIPTOR -> false;
        };
        if (!can) {
            refuse(
                    open,
                    open.text() + ", which cannot be opened anew (" + policy.place() + ")",
                    "Files that have their name and listening sockets can. Close it in beforeCheckpoint, or change the rule");
        } else if (open.descriptor().isRegularFile()) {
            reopened.add(open.target());
        }
        return can;
    }

    private void refuse(OpenDescriptor open, String what, String remedy) {
        refusals.add(new EngineException(
                FailureKind.POLICY,
                "cannot dump: descriptor " + open.number() + " is " + what,
                remedy,
                traces.of(open.number()),
                null));
    }

    /**
     * Everything that prevents a dump, one exception for each descriptor.
     *
     * @return empty when nothing does
     */
    public List<EngineException> refusals() {
        return refusals;
    }

    /**
     * Files that are opened by their names at restore, whatever they hold then.
     *
     * @return absolute paths
     */
    public Set<String> reopened() {
        return reopened;
    }

    /**
     * Closes what is to be closed and logs the warnings.
     *
     * @throws EngineException when a descriptor stayed open
     */
    public void carryOut() throws EngineException {
        warnings.forEach(warning -> log(System.Logger.Level.WARNING, warning, null));
        for (var open : closing) {
            try {
                open.open().orElseThrow().close();
            } catch (IOException e) {
                log(
                        System.Logger.Level.DEBUG,
                        "closing descriptor " + open.number() + " failed",
                        e); // it is closed all the same
            }
        }
        if (closing.isEmpty()) {
            return;
        }
        try {
            var now = Descriptor.of(ProcessHandle.current().pid());
            for (var open : closing) {
                if (now.stream()
                        .anyMatch(d -> d.number() == open.number() && d.target().equals(open.target()))) {
                    throw new EngineException(
                            FailureKind.POLICY,
                            "cannot dump: descriptor " + open.number() + " is " + open.text()
                                    + ", which is still open after its object was closed",
                            "Close it in beforeCheckpoint, or change the rule");
                }
            }
        } catch (IOException e) {
            throw new EngineException(FailureKind.OTHER, "cannot look at the descriptors: " + e, "");
        }
    }

    private static void log(System.Logger.Level level, String text, IOException cause) {
        System.getLogger("dev.checkpointer.descriptors").log(level, text, cause);
    }
}
