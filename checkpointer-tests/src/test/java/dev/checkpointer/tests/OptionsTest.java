package dev.checkpointer.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CgroupMode;
import dev.checkpointer.TcpMode;
import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreOptions;
import dev.checkpointer.criu.exec.ExecMapping;
import dev.checkpointer.criu.rpc.RpcMapping;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.libcriu.LibCriuMapping;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every option of the shared model reaches CRIU through every engine, or is refused by its name. */
class OptionsTest {
    private static final DumpOptions DUMP = new DumpOptions(
            42,
            Path.of("/image"),
            "dump.log",
            2,
            false,
            TcpMode.REFUSE,
            false,
            false,
            1 << 20,
            false,
            Optional.empty(),
            List.of(),
            Optional.empty());

    private static final RestoreOptions RESTORE = new RestoreOptions(
            Path.of("/image"),
            Path.of("/scratch"),
            "restore.log",
            2,
            TcpMode.REFUSE,
            false,
            false,
            false,
            Optional.empty(),
            List.of(),
            List.of(),
            false,
            false,
            false,
            List.of());

    private static final RestoreOptions.Inherited INHERITED = new RestoreOptions.Inherited("pipe:[7]", 10);

    /** Another value of every option of a dump. */
    private static final Map<String, Object> OTHER_DUMP = values(
            "pid",
            43L,
            "imagesDirectory",
            Path.of("/other"),
            "logFile",
            "other.log",
            "logLevel",
            4,
            "leaveRunning",
            true,
            "tcp",
            TcpMode.CLOSE,
            "fileLocks",
            true,
            "shellJob",
            true,
            "ghostLimit",
            2L << 20,
            "unprivileged",
            true,
            "cgroups",
            Optional.of(CgroupMode.STRICT),
            "external",
            List.of("net[4]:net"),
            "parentImages",
            Optional.of("predump"));

    /** Another value of every option of a restore. */
    private static final Map<String, Object> OTHER_RESTORE = values(
            "imagesDirectory",
            Path.of("/other"),
            "workDirectory",
            Path.of("/elsewhere"),
            "logFile",
            "other.log",
            "logLevel",
            4,
            "tcp",
            TcpMode.CLOSE,
            "fileLocks",
            true,
            "shellJob",
            true,
            "unprivileged",
            true,
            "cgroups",
            Optional.of(CgroupMode.IGNORE),
            "external",
            List.of("net[4]:net"),
            "inherited",
            List.of(INHERITED),
            "lazyPages",
            true,
            "child",
            true,
            "leaveStopped",
            true,
            "execCommand",
            List.of("sleep", "1"));

    /** What does not pass through these mappings, and why. */
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("dump imagesDirectory libcriu", "a descriptor of the process, without which no dump works"),
            Map.entry("restore imagesDirectory libcriu", "as in a dump"),
            Map.entry("restore workDirectory criu-rpc", "on the worker's command line"),
            Map.entry("restore workDirectory libcriu", "on the worker's command line"),
            Map.entry("restore lazyPages libcriu", "on the worker's command line"),
            Map.entry("restore lazyPages criu-exec", "a daemon has to listen first, shown by the contract"),
            Map.entry("restore child libcriu", "another function of the library, shown by the contract"),
            Map.entry("restore workDirectory criu-exec", "the launcher makes its own"),
            Map.entry("restore logFile criu-exec", "the launcher names it"),
            Map.entry("restore unprivileged criu-exec", "the launcher looks at its rights, shown by the contract"),
            Map.entry("restore leaveStopped criu-exec", "the launcher's choice, for its supervisor"),
            Map.entry("restore execCommand criu-exec", "the launcher's own supervisor"));

    @TempDir
    Path directory;

    private static Map<String, Object> values(Object... pairs) {
        var values = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put((String) pairs[i], pairs[i + 1]);
        }
        return values;
    }

    private Map<String, OptionMapping> engines() {
        return Map.of(
                "criu-exec", new ExecMapping(directory),
                "criu-rpc", new RpcMapping(),
                "libcriu", new LibCriuMapping(Set.of()));
    }

    private static Set<String> options(Class<?> model) {
        return Arrays.stream(model.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.toSet());
    }

    private static <T> T with(T options, String name, Object value) throws Exception {
        var components = options.getClass().getRecordComponents();
        var values = new Object[components.length];
        var types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = components[i].getName().equals(name)
                    ? value
                    : components[i].getAccessor().invoke(options);
        }
        @SuppressWarnings("unchecked")
        var changed = (T) options.getClass().getDeclaredConstructor(types).newInstance(values);
        return changed;
    }

    @Test
    void theTablesNameEveryOption() {
        assertEquals(options(DumpOptions.class), OTHER_DUMP.keySet());
        assertEquals(options(RestoreOptions.class), OTHER_RESTORE.keySet());
    }

    private static Stream<String> rows() {
        var dump = OTHER_DUMP.keySet().stream().map(option -> "dump " + option);
        var restore = OTHER_RESTORE.keySet().stream().map(option -> "restore " + option);
        return Stream.concat(dump, restore)
                .flatMap(row -> Stream.of("criu-exec", "criu-rpc", "libcriu").map(engine -> row + " " + engine));
    }

    static Stream<Arguments> table() {
        return rows().filter(row -> !ELSEWHERE.containsKey(row)).map(row -> Arguments.of((Object[]) row.split(" ")));
    }

    @Test
    void exceptionsAreOfTheTable() {
        assertTrue(rows().collect(Collectors.toSet()).containsAll(ELSEWHERE.keySet()));
    }

    @ParameterizedTest
    @MethodSource("table")
    void optionIsHonouredOrRefusedByName(String phase, String option, String engine) throws Exception {
        try {
            assertNotEquals(told(phase, engine, option, false), told(phase, engine, option, true));
        } catch (EngineException e) {
            var name = option.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            assertTrue(e.getMessage().contains(name), e::getMessage);
        }
    }

    private String told(String phase, String engine, String option, boolean other) throws Exception {
        var mapping = engines().get(engine);
        if (phase.equals("dump")) {
            return mapping.dump(other ? with(DUMP, option, OTHER_DUMP.get(option)) : DUMP);
        }
        return mapping.restore(other ? with(RESTORE, option, OTHER_RESTORE.get(option)) : RESTORE);
    }

    /** An older library has no such function. What is not asked for is no matter. */
    @Test
    void whatAnOlderLibraryLacksIsRefusedByNameWhenItIsAskedFor() throws Exception {
        var older = new LibCriuMapping(Set.of("criu_set_unprivileged", "criu_set_manage_cgroups_mode"));
        older.dump(DUMP);
        var unprivileged = with(DUMP, "unprivileged", true);
        var e = assertThrows(EngineException.class, () -> older.dump(unprivileged));
        assertTrue(e.getMessage().contains("no function for the option unprivileged"), e::getMessage);
        var cgroups = with(RESTORE, "cgroups", Optional.of(CgroupMode.SOFT));
        e = assertThrows(EngineException.class, () -> older.restore(cgroups));
        assertTrue(e.getMessage().contains("no function for the option manage_cgroups_mode"), e::getMessage);
    }
}
