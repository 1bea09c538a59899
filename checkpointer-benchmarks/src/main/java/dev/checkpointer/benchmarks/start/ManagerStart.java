package dev.checkpointer.benchmarks.start;

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
    ManagerStart(Lab lab, String name, List<String> jvmOptions) {
        super(lab, name, jvmOptions);
    }

    @Override
    public void prepare() throws IOException, InterruptedException {
        super.prepare();
        daemon = new Daemon(lab().work(), lab().launcher());
        var archive = lab().work().file("archive");
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
        Deadline.in(ExampleImage.DEADLINE).await("a program on standby", () -> ready() == 1);
        long start = System.nanoTime();
        var service = daemon.ask("POST", "/v1/images/" + id + "/activate", Map.of("name", "activated"));
        long returned = System.nanoTime();
        return new Activated(lab(), start, returned, service, log);
    }

    private String standby() {
        return "/v1/images/" + id + "/standby";
    }

    private int ready() throws IOException {
        return ((Number) daemon.ask("GET", standby(), Map.of()).get("ready")).intValue();
    }

    private record Activated(Lab lab, long start, long nanos, Map<String, Object> service, Path log) implements Begun {
        @Override
        public boolean failed() {
            return false;
        }

        @Override
        public Restored complete() {
            var program = lab.work().program(((Number) service.get("pid")).longValue(), log);
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
