package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreArguments;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The part of the contract that is about what a program is told at its restore.
 *
 * @since 0.1.0
 */
public abstract class ArgumentsContract extends DescriptorsContract {
    /** For {@link SafetyContract}. */
    ArgumentsContract() {}

    void dump(Target target) {
        target.endWith("checkpoint image=" + image());
        awaitFreePid(target);
    }

    /** While nobody has collected the program its PID is in use, and not every engine has a namespace for a child. */
    static void awaitFreePid(Target target) {
        var process = Path.of("/proc", Long.toString(target.pid()));
        Await.until("PID " + target.pid() + " to be free", () -> !Files.exists(process));
    }

    @Test
    void eachRestoreIsToldItsOwn() throws Exception {
        var target = start();
        assertEquals("never restored", target.ask("told"));
        dump(target);
        var first = told(target, "one");
        var firstInstance = assertTold(first, "one");
        assertEquals("one", first.ask("at-restore"));
        first.close();
        deleteMailbox(1);
        var second = told(target, "two \\n \n three");
        assertNotEquals(firstInstance, assertTold(second, "two \\n <newline> three"));
        second.close();
        deleteMailbox(1);
        assertNothingIsLeft("one");
    }

    private Target told(Target target, String value) throws Exception {
        var arguments = RestoreArguments.NONE
                .property("told", value)
                .variable("SECRET", value)
                .arguments(value, "");
        var request = request(image()).pidNamespace(PidNamespace.ALWAYS).arguments(arguments);
        return answered(kept(target.restored(Checkpointer.restore(request.build()))));
    }

    private String assertTold(Target restored, String value) {
        var line = restored.ask("told");
        var expected = "properties={told=" + value + "} environment={SECRET=" + value + "} arguments=[" + value
                + ", ] image=" + image() + " recent=true instance=";
        assertTrue(line.startsWith(expected), line);
        return line.substring(expected.length());
    }

    /** No secret is in the image or in a temporary file. */
    private void assertNothingIsLeft(String secret) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(text.contains("SECRET=" + secret), file::toString);
            }
        }
    }

    @Test
    void programThatWasNotNotifiedIsToldNothing() throws Exception {
        var target = start();
        Checkpointer.checkpoint(CheckpointRequest.builder()
                .pid(target.pid())
                .imageDirectory(image())
                .engine(engine())
                .build());
        var request = request(image()).arguments(RestoreArguments.NONE.arguments("one"));
        var failure = assertThrows(EngineException.class, () -> Checkpointer.restore(request.build()));
        assertEquals(FailureKind.IMAGE_REFUSED, failure.kind(), failure::getMessage);
        assertTrue(failure.getMessage().contains("was not notified of its checkpoint"), failure::getMessage);
    }

    @Test
    void restoreWaitsUntilTheProgramIsReady() throws Exception {
        var target = start();
        target.ask("fail after-b");
        dump(target);
        var request = request(image()).awaitReady(true).build();
        var failure = assertThrows(EngineException.class, () -> Checkpointer.restore(request));
        assertEquals(FailureKind.NOT_READY, failure.kind(), failure::getMessage);
        var told = Pattern.compile("the restored process (\\d+) runs, but failed to get ready: .*after-b fails")
                .matcher(failure.getMessage());
        assertTrue(told.find(), failure::getMessage);
        var restored = kept(target.restored(new RestoredProcess(Long.parseLong(told.group(1)))));
        assertTrue(restored.answer().contains("RestoreException"), restored.answer());
        restored.ask("fail");
        restored.endWith("checkpoint overwrite=true image=" + image());
        awaitFreePid(restored);
        assertEquals(
                "RESTORED",
                kept(restored.restored(Checkpointer.restore(request))).answer());
    }
}
