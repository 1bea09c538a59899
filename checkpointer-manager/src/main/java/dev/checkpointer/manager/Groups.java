package dev.checkpointer.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Who is in which group, wherever the system has that from. */
final class Groups {
    private static final long SECONDS = 5;

    private Groups() {}

    static boolean has(String user, String group) throws IOException {
        var process = new ProcessBuilder("id", "-Gn", "--", user)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        try (var output = process.getInputStream()) {
            var names = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(SECONDS, TimeUnit.SECONDS)
                    && process.exitValue() == 0
                    && List.of(names.split(" ")).contains(group);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
