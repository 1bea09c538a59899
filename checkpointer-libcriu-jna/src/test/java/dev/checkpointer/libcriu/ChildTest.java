package dev.checkpointer.libcriu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Children: the restored program as a child of this JVM, and those that the library leaves behind. */
class ChildTest extends DumpedTarget {
    private static final int KILLED = 128 + 9;

    private CompletableFuture<Integer> restoreChild() throws Exception {
        dumpTarget();
        var process = Checkpointer.restore(restore().child(true).build());
        target = target.restoredUnaware(process);
        assertEquals("2", target.ask("count"));
        assertEquals(
                ProcessHandle.current().pid(),
                process.handle().parent().orElseThrow().pid());
        return process.exitStatus().orElseThrow();
    }

    @Test
    void parentLearnsTheExitStatus() throws Exception {
        var status = restoreChild();
        target.send("exit 7");
        assertEquals(7, status.get(60, TimeUnit.SECONDS));
    }

    @Test
    void parentLearnsTheSignal() throws Exception {
        var status = restoreChild();
        ProcessHandle.of(target.pid()).orElseThrow().destroyForcibly();
        assertEquals(KILLED, status.get(60, TimeUnit.SECONDS));
    }

    @Test
    void childInAPidNamespaceIsRefusedByName() throws Exception {
        dumpTarget();
        var request = restore().child(true).pidNamespace(PidNamespace.ALWAYS).build();
        var e = assertThrows(EngineException.class, () -> Checkpointer.restore(request));
        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        assertTrue(e.getMessage().contains("no function for the option leave_stopped"), e::getMessage);
    }

    @Test
    void childWhosePidIsInUseIsToldSo() throws Exception {
        Checkpointer.checkpoint(dump().leaveRunning(true).build());
        var request = restore().child(true).build();
        var e = assertThrows(EngineException.class, () -> Checkpointer.restore(request));
        assertEquals(FailureKind.PID_TAKEN, e.kind(), e::getMessage);
        assertEquals("2", target.ask("count"), "the program that has the PID goes on");
    }

    private static List<String> children(long pid) throws IOException {
        var children = new ArrayList<String>();
        try (var threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var thread : threads) {
                var pids = Files.readString(thread.resolve("children")).strip();
                if (!pids.isEmpty()) {
                    children.add(pids);
                }
            }
        }
        return children;
    }

    private static long descriptors(long pid) throws IOException {
        try (var descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return descriptors.count();
        }
    }

    @Test
    void programThatDumpsItselfKeepsNoChildrenAndNoDescriptors() throws Exception {
        var image = " image=" + directory.resolve("image") + " overwrite=true";
        assertEquals("CONTINUED", target.ask("checkpoint leave-running=true" + image));
        long before = descriptors(target.pid());
        assertEquals("CONTINUED", target.ask("checkpoint leave-running=true" + image));
        assertEquals(List.of(), children(target.pid()));
        assertEquals(before, descriptors(target.pid()));

        target.endWith("checkpoint" + image);
        target = target.restored(Checkpointer.restore(restore().build()));
        assertEquals("RESTORED", target.answer());
        assertEquals(List.of(), children(target.pid()));
        assertEquals(before, descriptors(target.pid()));
    }
}
