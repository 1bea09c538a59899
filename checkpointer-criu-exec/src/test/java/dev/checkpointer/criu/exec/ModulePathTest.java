package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Having the engine's module on the module path is enough to choose it. */
class ModulePathTest extends LauncherFixture {
    @Override
    @BeforeEach
    void makeImage() throws IOException {
        image = directory.resolve("image");
        var command = new ArrayList<>(
                List.of(Jdk.all().findFirst().orElseThrow().java().toString()));
        command.addAll(List.of("-XX:+UseSerialGC", "-Dcheckpointer.image=" + image, "-p", Target.classPath()));
        command.addAll(List.of("-m", "dev.checkpointer.testkit/" + StreamsProgram.class.getName()));
        command.add(directory.toString());
        dump(new ProcessBuilder(command));
    }

    @Test
    void moduleOnTheModulePathIsChosen() throws Exception {
        assertTrue(read("image/manifest").contains("\nengine=criu-exec\n"));
        var launcher = start(launcher("restore", image.toString()));
        say(launcher, "exit 3");
        assertEquals(3, ended(launcher).status(), read("err"));
    }
}
