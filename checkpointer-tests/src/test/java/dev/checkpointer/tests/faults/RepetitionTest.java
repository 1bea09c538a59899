package dev.checkpointer.tests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.PidNamespace;
import dev.checkpointer.RestoreRequest;
import dev.checkpointer.RestoredProcess;
import dev.checkpointer.engine.EngineException;
import dev.checkpointer.engine.FailureKind;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same again and again, and at once: what wears out or gets in its own way would show here. */
class RepetitionTest extends FaultFixture {
    private static final int CYCLES = 50;
    private static final int CLONES = 16;
    private static final int RESTORES = 200;
    private static final int GROWTH = 1000;

    /** The JVM starts and ends threads of its compiler as it needs them. */
    private static final int SPARE_THREADS = 2;

    private static final int HEAP_ENTRIES = 10_000;
    private static final List<String> ENGINES = List.of("criu-exec", "criu-rpc", "libcriu");

    @Test
    @Tag("full")
    void fiftyCyclesOfOneProcess() throws Exception {
        var row = row("50 checkpoint and restore cycles of one process with growing state, the three engines in turn");
        var current = program("criu-exec");
        var image = place().resolve("image");
        long descriptors = 0;
        long threads = 0;
        for (int cycle = 1; cycle <= CYCLES; cycle++) {
            row.begin();
            var engine = ENGINES.get(cycle % ENGINES.size());
            int entries = HEAP_ENTRIES + cycle * GROWTH;
            assertEquals(Integer.toString(entries), current.ask("grow " + GROWTH));
            current.endWith("checkpoint overwrite=true engine=" + engine + " image=" + image);
            var request = RestoreRequest.builder(image)
                    .engine(engine)
                    .output(directory.resolve("restored.txt"))
                    .build();
            current = kept(current.restored(Checkpointer.restore(request)));
            assertEquals("RESTORED", current.answer(), "cycle " + cycle);
            var state = "counter=" + cycle + " heap=" + heap(entries) + " restores=" + cycle;
            assertEquals(state, current.ask("state"));
            assertEquals(Integer.toString(cycle + 1), current.ask("count"));
            assertEquals("ok", current.ask("advance"));
            row.ran();
            if (cycle == ENGINES.size()) {
                descriptors = entries(current, "fd");
                threads = entries(current, "task");
            }
        }
        assertEquals(descriptors, entries(current, "fd"));
        assertTrue(entries(current, "task") <= threads + SPARE_THREADS);
        row.note("descriptors and threads did not grow");
    }

    /** What the program says of a heap with so many entries. */
    private static int heap(int entries) {
        return IntStream.range(0, entries)
                .boxed()
                .collect(Collectors.toMap(i -> i, i -> "value " + i * 31))
                .hashCode();
    }

    private static long entries(Target target, String kind) throws IOException {
        try (var entries = Files.list(Path.of("/proc", Long.toString(target.pid()), kind))) {
            return entries.count();
        }
    }

    @Test
    @Tag("full")
    void twoHundredRestoresInARow() throws Exception {
        restores(row("200 restores of one image in a row"), RESTORES);
    }

    private void restores(Row row, int times) throws Exception {
        var program = program("criu-exec");
        var image = place().resolve("image");
        var state = program.ask("state");
        program.endWith("checkpoint image=" + image);
        var original = new Original(program, place(), 1, state);
        for (int i = 0; i < times; i++) {
            row.begin();
            original.forgetRestore();
            var pidFile = directory.resolve("pid");
            var ended = run(launcher("restore", image.toString(), "--detach", "--pidfile", pidFile.toString()));
            assertEquals(new Ended(0, ""), ended, "restore " + i);
            var pid = Long.parseLong(Files.readString(pidFile).strip());
            try (var restored = original.target().restored(new RestoredProcess(pid))) {
                original.assertRight(restored);
            }
            row.ran();
        }
        awaitQuiet();
        assertEquals(List.of(), workDirectories());
    }

    @Test
    @Tag("full")
    void sixteenClonesAtOnce() throws Exception {
        clones(row("16 clones of one image at once, each in a PID namespace of its own"), CLONES);
    }

    @Test
    void fourClonesAtOnce() throws Exception {
        clones(new Row(""), 4);
    }

    private void clones(Row row, int clones) throws Exception {
        var image = directory.resolve("image");
        dumpStreamsProgram(image);
        var launchers = new ArrayList<Process>();
        try {
            for (int i = 0; i < clones; i++) {
                row.begin();
                launchers.add(launcher("restore", image.toString(), "--pid-namespace", "always")
                        .redirectInput(ProcessBuilder.Redirect.PIPE)
                        .redirectOutput(output(i))
                        .redirectError(directory.resolve("err" + i).toFile())
                        .start());
            }
            for (int i = 0; i < clones; i++) {
                say(launchers.get(i), "echo clone " + i + "\nexit " + (i + 1) + "\n");
            }
            for (int i = 0; i < clones; i++) {
                var launcher = launchers.get(i);
                Await.until("the end of clone " + i, () -> !launcher.isAlive());
                var text = Files.readString(output(i).toPath());
                assertTrue(text.contains("clone " + i + "\nshutdown"), text);
                assertEquals(i + 1, launcher.exitValue());
                row.ran();
            }
        } finally {
            launchers.forEach(Process::destroyForcibly);
        }
        assertEquals(List.of(), workDirectories());
    }

    private File output(int clone) {
        return directory.resolve("out" + clone).toFile();
    }

    private static void say(Process launcher, String text) throws IOException {
        launcher.getOutputStream().write(text.getBytes());
        launcher.getOutputStream().flush();
    }

    private void dumpStreamsProgram(Path image) throws IOException {
        var program = new ProcessBuilder(
                        Jdk.all().findFirst().orElseThrow().java().toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dcheckpointer.image=" + image,
                        "-cp",
                        Target.classPath(),
                        StreamsProgram.class.getName())
                .directory(directory.toFile())
                .start();
        try {
            Await.until("the end of the dumped program", () -> !program.isAlive());
        } finally {
            program.destroyForcibly();
        }
    }

    @Test
    @Tag("full")
    void takenPidWithANamespaceAndWithout() throws Exception {
        takenPid(
                row("a PID of the image is taken, namespace where needed, five times for each engine"),
                row("a PID of the image is taken, no namespace allowed, five times for each engine"),
                5);
    }

    @Test
    void takenPid() throws Exception {
        takenPid(new Row(""), new Row(""), 1);
    }

    private void takenPid(Row auto, Row never, int times) throws Exception {
        var program = program("criu-exec");
        var image = place().resolve("image");
        var state = program.ask("state");
        assertEquals("CONTINUED", program.ask("checkpoint leave-running=true image=" + image));
        var original = new Original(program, place(), 1, state);
        for (var engine : ENGINES) {
            for (int i = 0; i < times; i++) {
                auto.begin();
                assertRestores(image, original, engine);
                auto.ran();
                never.begin();
                refuse(image, engine);
                never.told();
                never.note("kind PID_TAKEN");
                assertEquals("ok", program.ask("advance"));
            }
        }
    }

    private void refuse(Path image, String engine) {
        var request = RestoreRequest.builder(image)
                .engine(engine)
                .pidNamespace(PidNamespace.NEVER)
                .build();
        var failure = assertThrows(EngineException.class, () -> Checkpointer.restore(request));
        assertEquals(FailureKind.PID_TAKEN, failure.kind(), failure::getMessage);
        assertTrue(!failure.remedy().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = 5)
    void someRestoresInARow(int times) throws Exception {
        restores(new Row(""), times);
    }
}
