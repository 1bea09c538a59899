package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A running program for tests that dump and restore it from this JVM. Nothing of it is left behind. */
abstract class DumpedTarget {
    @TempDir
    Path directory;

    Target target;

    @BeforeEach
    void start() throws IOException {
        var jdk = Jdk.all().findFirst().orElseThrow();
        var properties = Map.of("java.io.tmpdir", directory.toString(), "checkpointer.engine", "libcriu");
        target = Target.start(jdk, directory, properties);
        target.ask("count");
    }

    @AfterEach
    void nothingIsLeftBehind() {
        target.close();
        assertNothingRuns();
        Await.until("no zombies", () -> ProcessHandle.current().children().noneMatch(DumpedTarget::unknown));
    }

    /** Children of this JVM that the JDK did not start, which then have no command. */
    private static boolean unknown(ProcessHandle child) {
        return !Processes.runs(child.pid());
    }

    void assertNothingRuns() {
        Await.until(
                "the end of everything",
                () -> Processes.mentioning(directory.toString()).isEmpty());
        assertEquals(List.of(), Processes.mentioning(directory.toString()));
    }

    CheckpointRequest.Builder dump() {
        return CheckpointRequest.builder()
                .engine("libcriu")
                .pid(target.pid())
                .imageDirectory(directory.resolve("image"));
    }

    RestoreRequest.Builder restore() {
        return RestoreRequest.builder(directory.resolve("image")).engine("libcriu");
    }

    void dumpTarget() throws Exception {
        Checkpointer.checkpoint(dump().build());
        Processes.awaitEnd(target.pid());
    }
}
