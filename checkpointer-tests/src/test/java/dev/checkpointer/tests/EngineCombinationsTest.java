package dev.checkpointer.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.Manifest;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An image is one: whichever engine wrote it, each engine restores it. */
class EngineCombinationsTest {
    private static final List<String> ENGINES = List.of("criu-exec", "criu-rpc", "libcriu");

    @TempDir
    Path directory;

    static Stream<Arguments> combinations() {
        return ENGINES.stream().flatMap(dump -> ENGINES.stream().map(restore -> Arguments.of(dump, restore)));
    }

    @AfterEach
    void nothingIsLeftBehind() {
        Await.until(
                "the end of every process of the test",
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void anImageIsRestoredByEachEngine(String dump, String restore) throws Exception {
        var properties = Map.of("checkpointer.engine", dump, "java.io.tmpdir", directory.toString());
        var image = directory.resolve("image");
        try (var target = Target.start(Jdk.all().findFirst().orElseThrow(), directory, properties)) {
            target.ask("count");
            var state = target.ask("state");
            target.endWith("checkpoint image=" + image);
            assertTrue(Files.readString(image.resolve(Manifest.FILE)).contains("\nengine=" + dump + "\n"));

            var request = RestoreRequest.builder(image).engine(restore).output(directory.resolve("restored.txt"));
            try (var restored = target.restored(Checkpointer.restore(request.build()))) {
                assertEquals("RESTORED", restored.answer());
                assertEquals(state.replace("restores=0", "restores=1"), restored.ask("state"));
                assertEquals("before-c before-b before-a after-a after-b after-c", restored.ask("events"));
                assertEquals("2", restored.ask("count"));
                assertEquals("ok", restored.ask("advance"));
            }
        }
    }
}
