package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.criu.CriuCommand;
import dev.checkpointer.criu.CriuVersion;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.Processes;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of a JVM that dumps itself, which only this engine has. */
class SelfDumpTest {
    @TempDir
    Path directory;

    /** Runs {@link StreamsProgram}, which ends with a stack trace when its checkpoint fails. */
    private Processes.Result run(List<String> wrapper, String... properties) throws IOException {
        var command = new ArrayList<>(wrapper);
        command.add(Jdk.all().findFirst().orElseThrow().java().toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(properties));
        command.addAll(List.of("-Dcheckpointer.image=" + directory.resolve("image"), "-cp", Target.classPath()));
        command.addAll(List.of(StreamsProgram.class.getName(), directory.toString()));
        return Processes.run(command);
    }

    @Test
    void pid1IsRefusedWithTheRemedy() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "a PID namespace needs root");
        var result = run(List.of("unshare", "--pid", "--fork", "--mount-proc"));
        assertEquals(1, result.status());
        assertTrue(result.output().contains("it is PID 1. Start the program below another PID 1"), result.output());
        assertTrue(result.output().contains("shutdown"), "the program went on to its end");
    }

    @Test
    void sessionOutsideOfThePidNamespaceIsRefusedWithTheRemedy() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "a PID namespace needs root");
        // The descriptors are opened inside: CRIU knows no mount of another mount namespace.
        var script = "\"$@\" </dev/null 2>&1 | cat";
        var wrapper = List.of("unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh");
        var result = run(wrapper);
        assertTrue(result.output().contains("is outside of its PID namespace. Start the program"), result.output());
        var remedied = new ArrayList<>(wrapper);
        remedied.addAll(List.of("setsid", "--wait"));
        result = run(remedied);
        assertTrue(Files.exists(directory.resolve("image/manifest")), result.output());
    }

    @Test
    void childSubreaperIsRefusedWithTheRemedy() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the number of prctl is that of x86-64");
        // prctl(PR_SET_CHILD_SUBREAPER) survives exec, so the JVM is one from its start.
        var wrapper = List.of("perl", "-e", "syscall(157, 36, 1, 0, 0, 0) == 0 or die; exec @ARGV");
        var result = run(wrapper);
        assertEquals(1, result.status());
        assertTrue(result.output().contains("it is a child subreaper"), result.output());
        assertFalse(Files.exists(directory.resolve("image/manifest")));
    }

    @Test
    void hungCriuIsEndedAtTheDeadline() throws Exception {
        var criu = Files.writeString(
                directory.resolve("criu"),
                "#!/bin/sh\nif [ \"$1\" = --version ]; then echo Version: 4.2.1; exit; fi\nexec sleep 1001\n");
        assertTrue(criu.toFile().setExecutable(true));
        var result = run(List.of(), "-Dcheckpointer.criu=" + criu, "-Dcheckpointer.timeout=300ms");
        assertEquals(1, result.status());
        assertTrue(result.output().contains("the dump took longer than 0.300 s"), result.output());
        Await.until(
                "the end of what criu started",
                () -> Processes.mentioning("sleep 1001").isEmpty());
    }

    @Test
    void nothingIsLeftOfADumpWhoseProgramIsKilledBeforeItBegins() throws Exception {
        var start = new ProcessBuilder("sh", "-c", SelfDump.START, "start", "exit 0").start();
        try {
            start.getOutputStream().close(); // as at the end of the JVM
            Await.until("the end of the starting shell", () -> !start.isAlive());
            assertEquals(1, start.exitValue());
        } finally {
            start.destroyForcibly();
        }
    }

    @Test
    void killedShellIsNotTakenForARestore() throws Exception {
        // The script that runs CRIU is killed together with it, so nobody is left to say how the dump ended.
        var criu = Files.writeString(directory.resolve("criu"), """
                #!/bin/sh
                if [ "$1" = --version ]; then echo Version: 4.2.1; exit; fi
                read -r stat <"/proc/$PPID/stat"
                set -- ${stat##*) }
                kill -KILL "$2" $PPID $$
                """);
        assertTrue(criu.toFile().setExecutable(true));
        var result = run(List.of(), "-Dcheckpointer.criu=" + criu);
        assertEquals(1, result.status());
        assertTrue(result.output().contains("the dumping process ended without a word"), result.output());
    }

    @Test
    void directoryMayHaveAnyName() throws Exception {
        directory = Files.createDirectory(directory.resolve("a 'b\" $(touch c)"));
        var result = run(List.of());
        assertTrue(Files.exists(directory.resolve("image/manifest")), result.output());
    }

    @Test
    void ancestorsThatAreNotToBeSeenAreNoObstacle() throws Exception {
        assumeTrue(Files.isWritable(Path.of("/proc/1/oom_score_adj")), "to mount /proc needs root");
        // As an ordinary user, PID 1 of the machine is then not to be seen. The script must come to its end.
        var script = """
                mount -t proc -o hidepid=2 proc /proc
                exec setpriv --reuid=65534 --regid=65534 --clear-groups \
                  timeout 5 sh -c "$1" dump --self 0 999999 "$2" 5 sh -c "exit 7" 3>&1
                """;
        var result = Processes.run(
                List.of("unshare", "--mount", "sh", "-c", script, "sh", DumpScript.text(), "/nonexistent"));
        assertTrue(result.output().endsWith("\n7\n"), result.output());
        assertEquals(7, result.status());
    }

    @Test
    void interruptedDumpOfAnotherProcessEndsCriu() throws Exception {
        var criu = Files.writeString(
                directory.resolve("criu"),
                "#!/bin/sh\nif [ \"$1\" = --version ]; then echo Version: 4.2.1; exit; fi\nexec sleep 1004\n");
        assertTrue(criu.toFile().setExecutable(true));
        var request = CheckpointRequest.builder()
                .pid(ProcessHandle.current().pid())
                .stagingDirectory(directory)
                .imageDirectory(directory)
                .build();
        var failure = new CompletableFuture<FailureKind>();
        var thread = new Thread(() -> {
            try {
                OtherDump.run(
                        new CriuCommand(criu, new CriuVersion(4, 2, 1)),
                        request,
                        request.pid().getAsLong());
                failure.complete(null);
            } catch (EngineException e) {
                failure.complete(e.kind());
            }
        });
        thread.start();
        Await.until("CRIU", () -> !Processes.mentioning("sleep 1004").isEmpty());
        thread.interrupt();
        assertEquals(FailureKind.INTERRUPTED, failure.get(20, TimeUnit.SECONDS));
        Await.until(
                "the end of what criu started",
                () -> Processes.mentioning("sleep 1004").isEmpty());
    }

    @Test
    void oldCriuIsToldByTheReport() throws Exception {
        var criu = Files.writeString(directory.resolve("criu"), "#!/bin/sh\necho Version: 3.16\n");
        assertTrue(criu.toFile().setExecutable(true));
        var result = run(List.of(), "-Dcheckpointer.criu=" + criu);
        assertTrue(result.output().contains("no engine is available"), result.output());
        assertTrue(
                result.output().contains("criu-exec: not available: CRIU 3.16 (" + criu + ") is older than 3.17"),
                result.output());
    }
}
