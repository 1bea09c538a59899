package dev.checkpointer.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A program that has a resource gets ready for its first checkpoint by itself. */
class RehearsalTest {
    private static final List<Jdk> JDKS = Jdk.all().toList();

    @TempDir
    Path directory;

    /** With the library that an engine maps when it is ready; nothing tells that of criu-exec. */
    static Stream<Arguments> engines() {
        var libraries = Map.of("criu-rpc", "jnidispatch", "libcriu", "libcriu.so", "criu-exec", "libmanagement");
        return JDKS.stream()
                .flatMap(jdk -> libraries.entrySet().stream()
                        .map(engine -> Arguments.of(jdk, engine.getKey(), engine.getValue())));
    }

    /** A native engine that is chosen by name has newer JDKs print their warning. */
    @ParameterizedTest
    @MethodSource("engines")
    void theEngineAndTheManagementBeanAreReadyBeforeACheckpoint(Jdk jdk, String engine, String library)
            throws Exception {
        try (var target = Target.start(jdk, directory, Map.of("checkpointer.engine", engine))) {
            Await.until("the rehearsal", () -> target.ask("ready").equals("bean=true rehearsing=false"));
            assertTrue(maps(target).contains(library), maps(target));
            assertEquals("", Processes.children(target.pid()));
            assertEquals("", target.ask("events"));
            assertTrue(
                    target.output().lines().allMatch(line -> line.isBlank() || line.startsWith("WARNING: ")),
                    target.output());
            assertTrue(target.ask("management").startsWith("checkpoints=0 restores=0 failures=0"));
        }
    }

    @ParameterizedTest
    @FieldSource("JDKS")
    void aSettingForbidsIt(Jdk jdk) throws Exception {
        var settings = Map.of("checkpointer.engine", "libcriu", "checkpointer.rehearse", "false");
        try (var target = Target.start(jdk, directory, settings)) {
            Await.until("the program", () -> target.ask("ready").equals("bean=false rehearsing=false"));
            assertFalse(maps(target).contains("libcriu.so"));
        }
    }

    @ParameterizedTest
    @FieldSource("JDKS")
    void whatWouldFailIsNotTold(Jdk jdk) throws Exception {
        try (var target = Target.start(jdk, directory, Map.of("checkpointer.engine", "no-such-engine"))) {
            Await.until("the rehearsal", () -> target.ask("ready").endsWith("rehearsing=false"));
            assertEquals("1", target.ask("count"));
            assertEquals("", target.output());
        }
    }

    private static String maps(Target target) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(target.pid()), "maps"));
    }
}
