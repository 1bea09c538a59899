package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Manifest;
import dev.checkpointer.ShellJob;
import dev.checkpointer.TcpMode;
import dev.checkpointer.internal.descriptor.Descriptor;
import dev.checkpointer.internal.descriptor.DumpedProcess;
import dev.checkpointer.internal.proc.ProcStat;
import dev.checkpointer.internal.proc.ProcessOwner;
import dev.checkpointer.internal.restore.RestoreChannel;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** Collects what the manifest says of an image: who wrote it, on which machine, and what a restore has to know. */
final class ImageDescription {
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final long pid;

    private ImageDescription(long pid) {
        this.pid = pid;
    }

    /** The lines that identify the process while its image is being written. */
    static Manifest draft(long pid) {
        var description = new ImageDescription(pid);
        description.process();
        return Manifest.of(description.lines);
    }

    /** All lines; also puts a copy of the performance data file into the staging directory, if there is one already. */
    static Manifest complete(
            CheckpointRequest request,
            long pid,
            String engine,
            String engineVersion,
            Set<String> reopened,
            Map<String, String> more,
            Optional<Path> staging)
            throws IOException {
        var description = new ImageDescription(pid);
        var lines = description.lines;
        lines.put("checkpointer", version());
        lines.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        lines.put("engine", engine);
        lines.put("engine.version", engineVersion);
        description.process();
        var processes = DumpedProcess.tree(pid);
        description.machine();
        description.java(processes);
        lines.put(
                "tcp",
                request.tcp() == TcpMode.REFUSE ? "none" : request.tcp().name().toLowerCase());
        lines.put("time", request.time().name().toLowerCase(Locale.ROOT));
        lines.put("time.at", Long.toString(Instant.now().getEpochSecond()));
        lines.put("file.locks", Boolean.toString(request.fileLocks()));
        lines.put("shell.job", Boolean.toString(request.shellJob() == ShellJob.TRUE));
        StandardStreams.note(processes, lines);
        description.channel(processes.get(0).descriptors());
        AppendedFiles.note(processes, reopened, lines);
        if (staging.isPresent()) {
            PerformanceData.keep(processes, staging.get(), lines);
        }
        lines.putAll(more);
        UsedFiles.note(processes, reopened, lines);
        return Manifest.of(lines);
    }

    private void process() {
        lines.put("pid", Long.toString(pid));
        ProcStat.read(pid).ifPresent(stat -> lines.put("pid.start", Long.toString(stat.startTime())));
        ProcessOwner.of(pid).ifPresent(user -> lines.put(ProcessOwner.MANIFEST_KEY, Integer.toUnsignedString(user)));
    }

    private void machine() throws IOException {
        lines.put(
                "kernel",
                Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
        lines.put(
                "boot",
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
        lines.put("arch", System.getProperty("os.arch"));
        lines.put("cpu", Processor.features(pid == ProcessHandle.current().pid()));
    }

    /** The JDK of the program, or of the first JVM below it. */
    private void java(List<DumpedProcess> processes) throws IOException {
        var jdk = processes.stream().flatMap(process -> process.jdk().stream()).findFirst();
        if (jdk.isPresent()) {
            lines.put("jdk", jdk.get().toString());
        }
        if (jdk.isPresent() || pid == ProcessHandle.current().pid()) {
            lines.put("java", java(jdk));
        }
    }

    /** The JDK of another process is told by the file that every JDK has in its home. */
    private String java(Optional<Path> jdk) throws IOException {
        if (pid == ProcessHandle.current().pid()) {
            return System.getProperty("java.vm.vendor") + " " + Runtime.version();
        }
        var release = jdk.map(home -> home.resolve("release")).filter(Files::isReadable);
        var facts = new Properties();
        if (release.isPresent()) {
            facts.load(new StringReader(Files.readString(release.get())));
        }
        var version =
                facts.getProperty("JAVA_RUNTIME_VERSION", facts.getProperty("JAVA_VERSION", "of unknown version"));
        return (facts.getProperty("IMPLEMENTOR", "Java") + " " + version).replace("\"", "");
    }

    /** In CRIU's words, a path without its first slash. */
    private void channel(List<Descriptor> descriptors) {
        if (descriptors.stream().anyMatch(open -> open.target().equals(RestoreChannel.DEVICE))) {
            lines.put(RestoreChannel.MANIFEST_KEY, RestoreChannel.DEVICE.substring(1));
        }
    }

    private static String version() {
        try (var resource = ImageDescription.class.getResourceAsStream("version.properties")) {
            var properties = new Properties();
            properties.load(resource);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
