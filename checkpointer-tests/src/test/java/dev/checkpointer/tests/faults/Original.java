package dev.checkpointer.tests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A program as it was when its image was made.
 *
 * @param target the program; it may be gone
 * @param place where its mailboxes are
 * @param count the number that it told last
 * @param state what it said of its state
 */
record Original(Target target, Path place, int count, String state) {
    /** Restored programs take their requests from here. */
    private Path mailbox() {
        return place.resolve("mailbox.r1");
    }

    /** Makes room for the next restore; an image knows nothing of an earlier one. */
    void forgetRestore() throws IOException {
        FaultFixture.removeTree(mailbox());
    }

    /** The restored program has everything that the original had, and goes on. */
    void assertRight(Target restored) {
        assertEquals("RESTORED", restored.answer());
        assertEquals(state.replace("restores=0", "restores=1"), restored.ask("state"));
        assertEquals(Integer.toString(count + 1), restored.ask("count"));
        assertEquals("ok", restored.ask("advance"));
    }
}
