package dev.checkpointer.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.crac.CheckpointException;
import org.junit.jupiter.api.Test;

/**
 * The part of the contract that is about the rules for descriptors, without an agent.
 *
 * @since 0.1.0
 */
public abstract class DescriptorsContract extends TimeContract {
    /** For {@link ArgumentsContract}. */
    DescriptorsContract() {}

    private Path policies(String text) throws IOException {
        return Files.writeString(directory.resolve("policies.yaml"), text);
    }

    /** A file of the CRaC JDK's form; what it does not name may not be open. */
    @Test
    void reopenedFileIsTakenAsItIsAtRestore() throws Exception {
        var policies = policies("""
                # the program's data
                type: FILE
                path: **/data ü.txt
                action: reopen
                ---
                type: SOCKET
                family: ip
                listening: true
                action: REOPEN
                warn: false
                ---
                type: pipe
                action: ignore
                """);
        var data = Files.writeString(directory.resolve("data ü.txt"), "one\ntwo\n");
        Files.createSymbolicLink(directory.resolve("data"), data);
        var target = start(Map.of(
                "checkpointer.policies", policies.toString(),
                "checkpointer.descriptors", "strict",
                "-Dsun.jnu.encoding=", "UTF-8",
                "-Dfile.encoding=", "UTF-8"));
        target.ask("open " + directory.resolve("data") + " rw");
        assertEquals("one", target.ask("read-line"));
        int port = Integer.parseInt(target.ask("listen"));
        target.ask("pipe");
        target.endWith("checkpoint image=" + image());
        var output = target.output();
        assertTrue(output.contains("the file " + data.toRealPath() + "; the action is reopen"), output);
        assertTrue(output.contains("a pipe; the action is ignore (" + policies + ", line "), output);
        assertFalse(output.contains("listens"), output);

        Files.delete(data);
        Files.writeString(data, "123\nanother file, and a longer one\n");
        var restored = answered(restored(target));
        assertEquals("another file, and a longer one", restored.ask("read-line"));
        try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertEquals(-1, client.getInputStream().read());
        }
        restored.close();
        deleteMailbox(1);

        Files.delete(data);
        assertEquals("null", answered(restored(target)).ask("read-line"), "a file that is written to is made anew");
        assertEquals("", Files.readString(data));
    }

    @Test
    void rulesRefuseACheckpointByName() throws Exception {
        var data =
                Files.writeString(directory.resolve("data.txt"), "one\ntwo\n").toRealPath();
        var target = start();
        target.ask("open " + data);
        int port = Integer.parseInt(target.ask("listen"));
        target.ask("pipe");

        target.ask("set checkpointer.descriptors strict");
        var strict = refused(target);
        assertTrue(strict.contains("is the file " + data + ", and checkpointer.descriptors=strict"), strict);
        assertTrue(strict.contains("is a TCP socket that listens on 127.0.0.1:" + port), strict);
        assertTrue(strict.contains("is a pipe"), strict);
        assertEquals(5, strict.lines().count(), strict); // a pipe has two ends

        target.ask("set checkpointer.descriptors.trace true");
        var untraced = refused(target);
        assertTrue(untraced.contains("checkpointer.descriptors.trace needs the agent"), untraced);
        target.ask("set checkpointer.descriptors.trace false");

        target.ask("events");
        target.ask("set checkpointer.descriptors lenient");
        target.ask("set checkpointer.policies " + directory.resolve("missing"));
        assertEquals(
                refusal("there is no policy file " + directory.resolve("missing")
                        + ". Name a readable file in checkpointer.policies"),
                refused(target));

        var file = policies("type: file\n\npath: /nowhere\naction: forget\n");
        target.ask("set checkpointer.policies " + file);
        assertEquals(
                refusal("policy file " + file + ", line 4: the action 'forget' is unknown."
                        + " Actions are keep, close, reopen, ignore, error and warn"),
                refused(target));
        assertEquals("", target.ask("events"), "nobody was notified");

        policies("type: file\npath: /nowhere\naction: ignore\n---\ntype: file\npath: " + directory
                + "/*.txt\naction: error\n" + "---\ntype: file\npath: " + directory + "/data.txt\naction: keep\n");
        var rule = refused(target);
        assertTrue(rule.contains("is the file " + data + ", which must not be open (" + file + ", line 5)"), rule);
        assertEquals(2, rule.lines().count(), rule);

        policies("type: socket\nlocalPort: " + port
                + "\naction: close\n---\ntype: descriptor\nregex: pipe:.*\naction: reopen\n");
        var impossible = refused(target);
        assertTrue(impossible.contains("but without the agent nobody knows its object"), impossible);
        assertTrue(impossible.contains("is a pipe, which cannot be opened anew"), impossible);

        policies("type: pipe\naction: warn\n");
        assertEquals("CONTINUED", target.ask("checkpoint leave-running=true image=" + image()));
        assertEquals("one", target.ask("read-line"));
    }

    @Test
    void rulesOfTheOneThatDumpsCountForAnotherProcess() throws Exception {
        var data = Files.writeString(directory.resolve("data.txt"), "one\ntwo\n");
        var target = start();
        target.ask("open " + data);
        target.ask("read-line");
        var request = CheckpointRequest.builder()
                .engine(engine())
                .pid(target.pid())
                .imageDirectory(image())
                .build();
        System.setProperty(
                "checkpointer.policies", policies("type: file\naction: close\n").toString());
        try {
            var refusal = assertThrows(CheckpointException.class, () -> Checkpointer.checkpoint(request));
            assertTrue(refusal.getMessage().contains("but only the program itself can do so"), refusal::getMessage);
            policies("type: file\npath: **/data.txt\naction: reopen\nwarn: false\n");
            Checkpointer.checkpoint(request);
        } finally {
            System.clearProperty("checkpointer.policies");
        }
        Processes.awaitEnd(target.pid());
        Files.writeString(data, "one\nand another\n");
        assertEquals(
                "and another", kept(target.restoredUnaware(restore(image()))).ask("read-line"));
    }

    private String refused(Target target) {
        var answer = target.ask("checkpoint image=" + image());
        assertTrue(answer.startsWith("org.crac.CheckpointException\n"), answer);
        assertFalse(Files.exists(image()));
        return answer;
    }

    private static String refusal(String message) {
        return "org.crac.CheckpointException\ndev.checkpointer.engine.EngineException: " + message;
    }
}
