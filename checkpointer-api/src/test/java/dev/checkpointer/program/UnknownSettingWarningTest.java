package dev.checkpointer.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A typing error in a setting, seen by the user of a program that only calls {@code org.crac}. */
class UnknownSettingWarningTest {
    @Test
    void isWrittenToTheLogOnceForEachCheckpoint(@TempDir Path directory) throws Exception {
        var program = Program.compile("semantics", directory);
        var options = List.of(
                "-Dcheckpointer.engine=simulate",
                "-Dcheckpointer.engine.counting.enabled=false",
                "-Dcheckpointer.imgae=x",
                "-Djava.util.logging.SimpleFormatter.format=%3$s %4$s %5$s%n");
        var result = Program.run(Program.Launch.CLASS_PATH, List.of(program), options, "late");
        var warnings =
                result.lines().stream().filter(line -> line.contains("imgae")).toList();
        var warning = "dev.checkpointer WARNING system property checkpointer.imgae is not a setting; the closest one is"
                + " checkpointer.image";
        assertEquals(List.of(warning, warning), warnings);
        assertEquals(2, result.lines().stream().filter("restored"::equals).count());
    }
}
