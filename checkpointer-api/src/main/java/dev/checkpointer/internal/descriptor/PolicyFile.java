package dev.checkpointer.internal.descriptor;

import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Reads a policy file: rules of lines {@code key: value}, separated by lines {@code ---}; lines that begin with a number sign
 * are comments. The CRaC JDK's files are of this form (its class {@code OpenResourcePolicies}).
 */
final class PolicyFile {
    /** What the CRaC JDK reads the file's name from. */
    static final String CRAC_PROPERTY = "jdk.crac.resource-policies";

    private static final Map<String, Function<String, Predicate<OpenDescriptor>>> PATH =
            Map.of("path", PolicyFile::path);
    private static final Map<String, Function<String, Predicate<OpenDescriptor>>> NUMBER =
            Map.of("value", PolicyFile::value, "regex", PolicyFile::regex);
    private static final Map<String, Function<String, Predicate<OpenDescriptor>>> SOCKET = Map.of(
            "family", SocketFilter::family,
            "listening", SocketFilter::listening,
            "localAddress", SocketFilter::localAddress,
            "localPort", SocketFilter::localPort,
            "localPath", SocketFilter::localPath,
            "remoteAddress", SocketFilter::remoteAddress,
            "remotePort", SocketFilter::remotePort,
            "remotePath", SocketFilter::remotePath);

    private record Value(String key, String text, int line) {}

    private final Path file;
    private final List<Policy> policies = new ArrayList<>();
    private final Map<String, Value> rule = new LinkedHashMap<>();

    private PolicyFile(Path file) {
        this.file = file;
    }

    /** The rules that the settings name, or the CRaC JDK's property; none when neither does. */
    static List<Policy> read(Settings settings) throws EngineException {
        var crac = Optional.ofNullable(System.getProperty(CRAC_PROPERTY)).filter(text -> !text.isEmpty());
        var own = settings.path(Setting.POLICIES);
        if (own.isEmpty() && crac.isEmpty()) {
            return List.of();
        }
        var file = own.orElseGet(() -> Path.of(crac.get()));
        var name = own.isPresent() ? Setting.POLICIES.property() : CRAC_PROPERTY;
        if (!Files.isRegularFile(file)) {
            throw new EngineException(
                    FailureKind.POLICY,
                    (Files.exists(file)
                            ? "the policy file " + file + " is no regular file"
                            : "there is no policy file " + file),
                    "Name a readable file in " + name);
        }
        try {
            return parse(file, Files.readAllLines(file));
        } catch (CharacterCodingException e) {
            throw new EngineException(
                    FailureKind.POLICY, "the policy file " + file + " is no text", "Write it in UTF-8");
        } catch (IOException e) {
            throw new EngineException(
                    FailureKind.POLICY,
                    "cannot read the policy file " + file + ": " + e,
                    "Make it readable for this user");
        }
    }

    static List<Policy> parse(Path file, List<String> lines) throws EngineException {
        var parser = new PolicyFile(file);
        int number = 0;
        for (var line : lines) {
            parser.line(++number, line.strip());
        }
        parser.endRule();
        return List.copyOf(parser.policies);
    }

    private void line(int number, String line) throws EngineException {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        if (line.equals("---")) {
            endRule();
            return;
        }
        int colon = line.indexOf(": ");
        if (colon <= 0) {
            throw wrong(
                    number,
                    "'" + line + "' is not of the form 'key: value'",
                    "Allowed are such lines, --- between rules, and comments behind #");
        }
        var key = line.substring(0, colon).strip();
        var value = new Value(key, line.substring(colon + 2).strip(), number);
        var former = rule.putIfAbsent(key.toLowerCase(Locale.ROOT), value);
        if (former != null) {
            throw wrong(
                    number,
                    "the rule has '" + key + "' already, in line " + former.line,
                    "Put a line --- between two rules");
        }
    }

    private void endRule() throws EngineException {
        if (rule.isEmpty()) {
            return;
        }
        var first = rule.values().iterator().next();
        var type = take("type", first);
        var action = action(take("action", first));
        var kind = kind(type);
        if (kind == DescriptorKind.PIPE && action == PolicyAction.REOPEN) {
            throw wrong(
                    type.line,
                    "a pipe cannot be opened anew",
                    "Actions for pipes are keep, close, ignore, error and warn");
        }
        var warn = rule.remove("warn");
        boolean quiet = action == PolicyAction.KEEP || action == PolicyAction.ERROR;
        boolean warns = warn == null ? !quiet : parsed(warn, PolicyFile::flag);
        var filters = new ArrayList<Predicate<OpenDescriptor>>();
        for (var value : rule.values()) {
            filters.add(filter(type, kind, value));
        }
        if (kind == DescriptorKind.DESCRIPTOR && filters.isEmpty()) {
            filters.add(open -> open.kind() == DescriptorKind.DESCRIPTOR);
        }
        var place = file + ", line " + first.line;
        policies.add(new Policy(place, kind, action, warns, filters.stream().reduce(open -> true, Predicate::and)));
        rule.clear();
    }

    private Value take(String key, Value first) throws EngineException {
        var value = rule.remove(key);
        if (value == null) {
            throw wrong(
                    first.line,
                    "the rule that begins here has no '" + key + "'",
                    "Every rule needs a type and an action");
        }
        return value;
    }

    private DescriptorKind kind(Value type) throws EngineException {
        return switch (type.text.toLowerCase(Locale.ROOT)) {
            case "file" -> DescriptorKind.FILE;
            case "device" -> DescriptorKind.DEVICE;
            case "pipe" -> DescriptorKind.PIPE;
            case "socket" -> DescriptorKind.SOCKET;
            case "filedescriptor", "descriptor" -> DescriptorKind.DESCRIPTOR;
            default ->
                throw wrong(
                        type.line,
                        "the type '" + type.text + "' is unknown",
                        "Types are file, device, pipe, socket and filedescriptor");
        };
    }

    private PolicyAction action(Value action) throws EngineException {
        try {
            return PolicyAction.valueOf(action.text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw wrong(
                    action.line,
                    "the action '" + action.text + "' is unknown",
                    "Actions are keep, close, reopen, ignore, error and warn");
        }
    }

    private Predicate<OpenDescriptor> filter(Value type, DescriptorKind kind, Value value) throws EngineException {
        var known = switch (kind) {
            case FILE, DEVICE -> PATH;
            case SOCKET -> SOCKET;
            case DESCRIPTOR -> NUMBER;
            case PIPE -> Map.<String, Function<String, Predicate<OpenDescriptor>>>of();
        };
        for (var key : known.entrySet()) {
            if (key.getKey().equalsIgnoreCase(value.key)) {
                return parsed(value, key.getValue());
            }
        }
        var names = known.keySet().stream().sorted().map(name -> ", " + name).collect(Collectors.joining());
        throw wrong(
                value.line,
                "a rule of the type " + type.text + " has no key '" + value.key + "'",
                "Keys are type, action, warn" + names);
    }

    private <T> T parsed(Value value, Function<String, T> reader) throws EngineException {
        try {
            return reader.apply(value.text);
        } catch (PatternSyntaxException e) {
            throw wrong(value.line, "'" + value.text + "' is no pattern: " + e.getDescription(), "Correct the pattern");
        } catch (IllegalArgumentException e) {
            throw wrong(value.line, "'" + value.text + "' is no " + value.key, "Allowed is " + e.getMessage());
        }
    }

    private EngineException wrong(int line, String what, String remedy) {
        return new EngineException(FailureKind.POLICY, "policy file " + file + ", line " + line + ": " + what, remedy);
    }

    static boolean flag(String text) {
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException("true or false");
        }
        return text.equalsIgnoreCase("true");
    }

    private static Predicate<OpenDescriptor> path(String text) {
        var glob = new PathGlob(text);
        return open -> open.path().filter(glob::matches).isPresent();
    }

    private static Predicate<OpenDescriptor> value(String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("the number of a descriptor");
        }
        int number = Integer.parseInt(text);
        return open -> open.number() == number;
    }

    private static Predicate<OpenDescriptor> regex(String text) {
        var pattern = Pattern.compile(text);
        return open -> pattern.matcher(open.target()).matches();
    }
}
