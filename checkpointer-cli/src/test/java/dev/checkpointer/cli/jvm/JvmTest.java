package dev.checkpointer.cli.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process shows as its JDK may be anything, and root looks at the processes of all. */
class JvmTest {
    @TempDir
    Path home;

    @Test
    void theVersionIsThatOfTheReleaseFile() throws IOException {
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"21.0.4\"\n");
        assertEquals("21.0.4", Jvm.version(home));
    }

    @Test
    void aNamedPipeOrAnEndlessFileIsNotRead() throws IOException {
        var release = home.resolve("release");
        assertEquals(0, Processes.run(List.of("mkfifo", release.toString())).status());
        refused();
        Files.delete(release);
        Files.createSymbolicLink(release, Path.of("/dev/zero"));
        refused();
        Files.delete(release);
        Files.write(release, new byte[1 << 20]);
        refused();
    }

    private void refused() {
        var e = assertThrows(IOException.class, () -> Jvm.version(home));
        assertTrue(e.getMessage().endsWith("/release is no file of a JDK"), e.getMessage());
    }
}
