package dev.checkpointer.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.program.Program.Launch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A JDK that implements CRaC itself, played by a module {@code jdk.crac} beside the program. */
class NativeCracTest {
    private static final String OURS = """
            before 3
            before 2
            before 1
            after 1
            after 2
            after 3
            restored
            dumps 0
            """;

    @TempDir
    private static Path directory;

    private static Path program;
    private static Path nativeCrac;

    @BeforeAll
    static void compile() throws Exception {
        program = Program.compile("semantics", directory);
        nativeCrac = Program.compile("jdk.crac", directory);
    }

    private static String run(Launch launch, String... options) throws Exception {
        var all = new ArrayList<>(List.of("-Dcheckpointer.engine=simulate", "--add-modules", "jdk.crac"));
        all.addAll(List.of(options));
        if (launch == Launch.CLASS_PATH) {
            all.addAll(List.of("-p", nativeCrac.toString()));
            return Program.run(launch, List.of(program), all, "order").output();
        }
        return Program.run(launch, List.of(program, nativeCrac), all, "order").output();
    }

    @ParameterizedTest
    @EnumSource
    void isLeftToTheJdk(Launch launch) throws Exception {
        assertEquals("""
                registered with the JDK
                registered with the JDK
                registered with the JDK
                checkpoint of the JDK
                restored
                dumps 0
                """, run(launch));
    }

    @ParameterizedTest
    @EnumSource
    void isPassedOverWhenForced(Launch launch) throws Exception {
        assertEquals(OURS, run(launch, "-Dcheckpointer.force=true"));
    }

    @ParameterizedTest
    @EnumSource
    void isPassedOverByNothingElse(Launch launch) throws Exception {
        assertEquals(
                "checkpoint of the JDK",
                run(launch, "-Dcheckpointer.force=false").lines().toList().get(3));
    }
}
