package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code checkpointer.cpu=portable}: the refusal tells with what the JVM is to be started, and that is enough. */
class PortableImageTest extends LauncherFixture {
    private static final Pattern REMEDY =
            Pattern.compile("Start it with (-XX:\\S+(?: -XX:\\S+)*) and the environment variable (\\S+?)=(\\S+)");

    static List<Jdk> jdks() {
        return Jdk.all().toList();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void imageNeedsNothingThatOnlyThisProcessorHas(Jdk jdk) throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "portable images are for x86-64");
        var portable = directory.resolve("portable");
        var refusal = refusal(program(jdk, portable, List.of()));
        assertTrue(refusal.contains("the JVM may use x86-64-v2 alone, and it was started with UseAVX="), refusal);
        var remedy = REMEDY.matcher(refusal);
        assertTrue(remedy.find(), refusal);
        assertFalse(Files.exists(portable.resolve("manifest")));

        var flags = List.of(remedy.group(1).split(" "));
        var incomplete = refusal(program(jdk, portable, flags));
        assertTrue(incomplete.contains(remedy.group(2) + " without -AVX,"), incomplete);

        var builder = program(jdk, portable, flags);
        builder.environment().put(remedy.group(2), remedy.group(3));
        image = portable;
        dump(builder);
        var features = Set.of(manifest("cpu").split(" "));
        assertTrue(features.contains("sse2"), features::toString);
        assertFalse(features.contains("avx") || features.contains("aes"), features::toString);
        editManifest("^boot=.*$", "boot=another");
        assertEquals(0, run("restore", image.toString()).status());
    }

    private ProcessBuilder program(Jdk jdk, Path image, List<String> flags) {
        var command = new ArrayList<>(List.of(jdk.java().toString(), "-XX:+UseSerialGC"));
        command.addAll(flags);
        command.addAll(List.of("-Dcheckpointer.cpu=portable", "-Dcheckpointer.image=" + image));
        command.addAll(List.of("-cp", Target.classPath(), StreamsProgram.class.getName()));
        return new ProcessBuilder(command);
    }

    private String refusal(ProcessBuilder program) throws IOException {
        var process = start(program.directory(directory.toFile()));
        Await.until("the end of the program", () -> !process.isAlive());
        assertEquals(1, process.exitValue());
        return read("err");
    }

    private String manifest(String key) throws IOException {
        return Files.readAllLines(image.resolve("manifest")).stream()
                .filter(line -> line.startsWith(key + "="))
                .findFirst()
                .orElseThrow();
    }
}
