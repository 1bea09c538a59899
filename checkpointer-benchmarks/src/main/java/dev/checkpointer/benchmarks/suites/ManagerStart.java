package dev.checkpointer.benchmarks.suites;

import dev.checkpointer.benchmarks.harness.Daemon;
import dev.checkpointer.benchmarks.harness.Deadline;
import dev.checkpointer.benchmarks.harness.Program;
import dev.checkpointer.manager.ManagerException;
import dev.checkpointer.manager.StoredImage;
import dev.checkpointer.manager.archive.ImageArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A program that the manager keeps on standby, activated over the manager's socket. */
final class ManagerStart extends RestoredStart {
    private Daemon daemon;
    private String id;

    /**
     * @param jvmOptions with which the program was started of which the image was made
     */
    ManagerStart(Subject subject, String name, List<String> jvmOptions) {
        super(subject, name, jvmOptions);
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        super.prepare();
        daemon = new Daemon(subject().work(), subject().launcher());
        var archive = subject().work().file("archive");
        try (var out = Files.newOutputStream(archive)) {
            ImageArchive.write(image().directory(), description(), Optional.empty(), out);
        } catch (ManagerException e) {
            throw new IOException(e.getMessage(), e);
        }
        id = daemon.take(archive);
        Files.delete(archive);
    }

    private Map<String, Object> description() throws IOException {
        var command = List.of("java");
        return new StoredImage(
                        "0",
                        Instant.now(),
                        "java",
                        command,
                        Optional.empty(),
                        Map.of(),
                        0,
                        image().size(),
                        true,
                        Set.of())
                .document();
    }

    @Override
    Begun begin(Path log) throws IOException, InterruptedException {
        daemon.ask("PUT", standby(), Map.of("count", 1));
        Deadline.in(DumpedProgram.DEADLINE).await("a program on standby", () -> ready() == 1);
        long start = System.nanoTime();
        var service = daemon.ask("POST", "/v1/images/" + id + "/activate", Map.of("name", "activated"));
        long returned = System.nanoTime();
        return new Activated(subject(), start, returned, service, log);
    }

    private String standby() {
        return "/v1/images/" + id + "/standby";
    }

    private int ready() throws IOException {
        return ((Number) daemon.ask("GET", standby(), Map.of()).get("ready")).intValue();
    }

    private record Activated(Subject subject, long start, long nanos, Map<String, Object> service, Path log)
            implements Begun {
        @Override
        public boolean failed() {
            return false;
        }

        @Override
        public Restored complete() {
            var program = subject.work().program(((Number) service.get("pid")).longValue(), log);
            return new Restored(program, Optional.of(nanos));
        }
    }

    @Override
    void end(Optional<Program> program) throws IOException, InterruptedException {
        daemon.ask("PUT", standby(), Map.of("count", 0));
        daemon.ask("DELETE", "/v1/services/activated?force", Map.of());
        super.end(program);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (daemon != null) {
            daemon.close();
        }
    }
}
