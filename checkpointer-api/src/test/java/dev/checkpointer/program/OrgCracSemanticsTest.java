package dev.checkpointer.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.program.Program.Launch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a program sees that knows nothing but {@code org.crac}, in JVMs with the class path and with the module path. */
class OrgCracSemanticsTest {
    @TempDir
    private static Path directory;

    private static Path program;

    @BeforeAll
    static void compile() throws Exception {
        program = Program.compile("semantics", directory);
    }

    private static void expect(Launch launch, String engine, String scenario, String expected) throws Exception {
        var result = Program.run(launch, List.of(program), List.of("-Dcheckpointer.engine=" + engine), scenario);
        assertEquals(expected, result.output());
        assertEquals(0, result.status());
    }

    @ParameterizedTest
    @EnumSource
    void notifiesInReverseBeforeAndInOrderAfter(Launch launch) throws Exception {
        expect(launch, "simulate", "order", """
                before 3
                before 2
                before 1
                after 1
                after 2
                after 3
                restored
                dumps 0
                """);
    }

    @ParameterizedTest
    @EnumSource
    void doesNotNotifyACollectedResource(Launch launch) throws Exception {
        expect(launch, "simulate", "collected", """
                dropped is gone
                before kept
                after kept
                restored
                """);
    }

    @ParameterizedTest
    @EnumSource
    void keepsAResourceAliveBetweenItsNotificationsAndNoLonger(Launch launch) throws Exception {
        expect(launch, "simulate", "kept-between", """
                before dropped
                after dropped
                restored
                dropped is gone
                """);
    }

    @ParameterizedTest
    @EnumSource
    void callsEveryResourceAndDumpsNothingWhenSomeFailBefore(Launch launch) throws Exception {
        expect(launch, "counting", "failures-before", """
                before 4
                before 3
                before 2
                before 1
                after 1
                after 2
                after 3
                after 4
                org.crac.CheckpointException
                  java.lang.Error: three
                  java.lang.IllegalStateException: one
                  java.lang.Exception: three again
                  java.lang.AssertionError: four
                dumps 0
                """);
    }

    @ParameterizedTest
    @EnumSource
    void callsEveryResourceWhenSomeFailAfter(Launch launch) throws Exception {
        expect(launch, "counting", "failures-after", """
                before 3
                before 2
                before 1
                after 1
                after 2
                after 3
                org.crac.RestoreException
                  java.lang.IllegalStateException: one
                  java.lang.Error: three
                dumps 1
                """);
    }

    @ParameterizedTest
    @EnumSource
    void notifiesAfterADumpThatFailed(Launch launch) throws Exception {
        expect(launch, "counting", "failing-engine", """
                before 2
                before 1
                after 1
                after 2
                org.crac.CheckpointException
                  dev.checkpointer.engine.EngineException: no space left. Make room
                  java.lang.Exception: two
                dumps 1
                """);
    }

    @ParameterizedTest
    @EnumSource
    void flattensTheFailuresOfNestedContexts(Launch launch) throws Exception {
        expect(launch, "counting", "nested", """
                before outer
                before inner 1
                before inner 2
                after outer
                after inner 1
                after inner 2
                org.crac.CheckpointException
                  java.lang.Exception: o
                  java.lang.Exception: i1
                  org.crac.CheckpointException: without causes
                  java.lang.Exception: i2
                dumps 0
                """);
    }

    @ParameterizedTest
    @EnumSource
    void refusesACheckpointOutOfANotification(Launch launch) throws Exception {
        expect(launch, "counting", "recursive", """
                before recursive
                org.crac.CheckpointException
                  java.lang.IllegalStateException: a checkpoint was requested during a notification of a checkpoint
                after recursive
                org.crac.CheckpointException
                  java.lang.IllegalStateException: a checkpoint was requested during a notification of a checkpoint
                restored
                dumps 1
                """);
    }

    @ParameterizedTest
    @EnumSource
    void refusesASecondCheckpointAtOnce(Launch launch) throws Exception {
        expect(launch, "counting", "second", """
                before first
                org.crac.CheckpointException
                  java.lang.IllegalStateException: a checkpoint is already under way on thread 'main'
                after first
                org.crac.CheckpointException
                  java.lang.IllegalStateException: a checkpoint is already under way on thread 'main'
                restored
                dumps 1
                """);
    }

    @ParameterizedTest
    @EnumSource
    void notifiesWhatWasRegisteredInBetweenFromTheNextRoundOn(Launch launch) throws Exception {
        expect(launch, "simulate", "late", """
                before early
                after early
                restored
                before late
                before early
                after early
                after late
                restored
                """);
    }

    @ParameterizedTest
    @EnumSource
    void notifiesResourcesWhateverTheirEqualsAndHashCodeSay(Launch launch) throws Exception {
        var round = """
                before unequal 2
                before unequal 1
                before equal 2
                before equal 1
                after equal 1
                after equal 2
                after unequal 1
                after unequal 2
                restored
                """;
        expect(launch, "simulate", "odd-equality", round + round);
    }

    @ParameterizedTest
    @EnumSource
    void givesOrgCracsContextAndGoesThroughProxiesThatAreNotOrgCracs(Launch launch) throws Exception {
        expect(launch, "simulate", "proxies", """
                own handler beforeCheckpoint
                before with org.crac's context
                after with org.crac's context
                own handler afterRestore
                restored
                """);
    }

    @ParameterizedTest
    @EnumSource
    void notifiesAHundredThousandResources(Launch launch) throws Exception {
        expect(launch, "simulate", "many", """
                restored
                100000 before, 100000 after, 0 out of order
                """);
    }
}
