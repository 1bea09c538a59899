package dev.checkpointer.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.checkpointer.CgroupMode;
import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Settings;
import dev.checkpointer.ShellJob;
import dev.checkpointer.TcpMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DumpOptionsTest {
    @Test
    void sayWhatTheRequestSaysAndWriteToTheStagingDirectory() {
        var request = CheckpointRequest.builder(Settings.of(Map.of(), Map.of()))
                .imageDirectory(Path.of("/image"))
                .stagingDirectory(Path.of("/image.new"))
                .logLevel(3)
                .leaveRunning(true)
                .tcp(TcpMode.CLOSE)
                .fileLocks(false)
                .shellJob(ShellJob.TRUE)
                .ghostLimit(5)
                .cgroups(CgroupMode.SOFT)
                .external("net[7]:net")
                .build();
        assertEquals(
                new DumpOptions(
                        42,
                        Path.of("/image.new"),
                        "dump.log",
                        3,
                        true,
                        TcpMode.CLOSE,
                        false,
                        true,
                        5,
                        true,
                        Optional.of(CgroupMode.SOFT),
                        List.of("net[7]:net"),
                        Optional.empty()),
                DumpOptions.of(request, 42, true));
    }

    @Test
    void theStartTimeOfThisProcessIsThatOfTheKernel() throws Exception {
        var stat = Files.readString(Path.of("/proc/self/stat"));
        var behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        assertEquals(Long.parseLong(behindName[19]), ThisProcess.startTime());
    }
}
