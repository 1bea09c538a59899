package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the tests of the contract do again and again: start, checkpoint and restore programs, and end them. */
@ParameterizedClass
@MethodSource("jdks")
abstract class ContractFixture {
    /** The JDK of the checkpointed program. */
    @Parameter
    Jdk jdk;

    /** Ends with everything of one test in it. */
    @TempDir
    Path directory;

    private final List<Target> targets = new ArrayList<>();

    /**
     * The engine under test.
     *
     * @return its name
     */
    protected abstract String engine();

    /**
     * The criu command that the engine uses, directly or by way of a library.
     *
     * @return its path
     * @throws EngineException when there is none
     */
    protected abstract Path criu() throws EngineException;

    /**
     * The matrix.
     *
     * @return the JDKs
     */
    static Stream<Jdk> jdks() {
        return Jdk.all();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        targets.forEach(Target::close);
        Await.until(
                "the end of every process of the test: " + Processes.mentioning(directory.toString()),
                () -> Processes.mentioning(directory.toString()).isEmpty());
    }

    Path image() {
        return directory.resolve("image");
    }

    Target start() throws IOException {
        return start(Map.of());
    }

    Target start(Map<String, String> settings) throws IOException {
        return start(directory, settings);
    }

    /** Starts a program whose standard error is not its standard output. */
    Target startWithError(Redirect error) throws IOException {
        return kept(Target.start(jdk, directory, properties(Map.of()), error));
    }

    Target startWithClosedStreams() throws IOException {
        return kept(Target.startWithClosedStreams(jdk, directory, properties(Map.of())));
    }

    Target startElsewhere(Map<String, String> settings) throws IOException {
        return start(Files.createDirectory(directory.resolve("elsewhere")), settings);
    }

    Target start(Path place, Map<String, String> settings) throws IOException {
        return kept(Target.start(jdk, place, properties(settings)));
    }

    private Map<String, String> properties(Map<String, String> settings) {
        var properties = new HashMap<>(settings);
        properties.put("checkpointer.engine", engine());
        properties.put("java.io.tmpdir", directory.toString());
        return properties;
    }

    /** The program is ended with the test. */
    Target kept(Target target) {
        targets.add(target);
        return target;
    }

    Target checkpointAndRestore(Target target) throws EngineException {
        target.endWith("checkpoint image=" + image());
        return restored(target);
    }

    Target restored(Target target) throws EngineException {
        return kept(target.restored(restore(image())));
    }

    static Target answered(Target target) {
        assertEquals("RESTORED", target.answer());
        return target;
    }

    RestoredProcess restore(Path image) throws EngineException {
        return Checkpointer.restore(request(image).build());
    }

    RestoreRequest.Builder request(Path image) {
        return RestoreRequest.builder(image).engine(engine()).output(directory.resolve("restored.txt"));
    }

    /** Requests do not name the criu command, only settings do. */
    static RestoredProcess restoreWith(Path criu, RestoreRequest request) throws EngineException {
        var property = "checkpointer.criu";
        var before = System.getProperty(property);
        System.setProperty(property, criu.toString());
        try {
            return Checkpointer.restore(request);
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }

    void assertRefused(Path image, FailureKind kind, String message) {
        var exception = assertThrows(EngineException.class, () -> restore(image));
        assertEquals(kind, exception.kind(), exception::getMessage);
        assertTrue(exception.getMessage().contains(message), exception::getMessage);
    }

    void deleteMailbox(int restores) throws IOException {
        var mailbox = directory.resolve("mailbox.r" + restores);
        try (var files = Files.list(mailbox)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(mailbox);
    }

    Path script(String name, String text) throws IOException {
        var file = Files.writeString(directory.resolve(name), text);
        assertTrue(file.toFile().setExecutable(true));
        return file;
    }
}
