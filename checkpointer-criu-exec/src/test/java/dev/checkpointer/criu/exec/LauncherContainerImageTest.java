package dev.checkpointer.criu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.testkit.Jdk;
import dev.checkpointer.testkit.StreamsProgram;
import dev.checkpointer.testkit.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An image that was made in one container, where PIDs are low, and restored by the launcher as PID 1 of others. Their root is
 * read-only, but for a tmpfs on {@code /tmp}.
 */
class LauncherContainerImageTest extends LauncherFixture {
    /**
     * Arguments: a directory for the root, "read-only" for a {@code /proc/sys} that cannot be written, what is to be seen below
     * {@code /tmp}, one of it to be written to, an empty word, and the command that becomes PID 1.
     */
    private static final String CONTAINER = """
            #!/bin/sh
            set -e
            root=$1 sysctl=$2
            shift 2
            mount --rbind / "$root"
            mount -o remount,bind,ro "$root"
            umount -l "$root/proc"
            umount -l "$root/tmp" 2>/dev/null || :
            mount -t tmpfs tmpfs "$root/tmp"
            while [ -n "$1" ]; do
              case $1 in
                /tmp/*)
                  if [ -d "$1" ]; then
                    mkdir -p "$root$1"
                  else
                    mkdir -p "$root${1%/*}"
                    : >>"$root$1"
                  fi
                  ;;
              esac
              mount --bind "$1" "$root$1"
              shift
            done
            shift
            mkdir "$root/tmp/before"
            mount -t proc proc "$root/proc"
            if [ "$sysctl" = read-only ]; then
              mount --bind "$root/proc/sys" "$root/proc/sys"
              mount -o remount,bind,ro "$root/proc/sys"
            fi
            cd "$root"
            pivot_root . tmp/before
            umount -l /tmp/before
            cd /
            exec "$@"
            """;

    private Path container;

    @BeforeEach
    @Override
    void makeImage() throws IOException {
        image = directory.resolve("image");
        assertTrue(file("root").mkdir());
        container = script("container", CONTAINER);
        var program = new ArrayList<>(List.of("sh", "-c", "setsid --wait \"$@\" </dev/null; exit", "init"));
        program.addAll(List.of(jdk().java().toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        program.add("-Dcheckpointer.image=" + image);
        program.addAll(List.of("-cp", Target.classPath(), StreamsProgram.class.getName(), "/tmp"));
        dump(container("writable", program));
    }

    private static Jdk jdk() {
        return Jdk.all().findFirst().orElseThrow();
    }

    private ProcessBuilder container(String sysctl, List<String> init) throws IOException {
        var command = new ArrayList<>(HEEDING_SIGNALS);
        command.addAll(List.of("unshare", "--pid", "--mount", "--fork", "--kill-child", "--"));
        command.addAll(List.of(container.toString(), file("root").toString(), sysctl));
        Stream.of(Target.classPath().split(":"))
                .filter(entry -> entry.startsWith("/tmp/"))
                .forEach(command::add);
        if (LAUNCHER.startsWith("/tmp/")) {
            command.add(LAUNCHER.getParent().toString());
        }
        command.add(directory.toString());
        command.add("");
        command.addAll(init);
        var builder = launcher().command(command);
        builder.environment().put("TMPDIR", "/tmp");
        return builder;
    }

    @ParameterizedTest
    @CsvSource({
        "never, writable, yes",
        "never, read-only, no",
        "auto, read-only, yes",
        "always, read-only, no",
    })
    void theProgramGetsItsPidsAgain(String namespace, String sysctl, String perl) throws Exception {
        var path = perl.equals("yes") ? System.getenv("PATH") : pathWithoutPerl();
        var init = List.of(
                "env", "PATH=" + path, LAUNCHER.toString(), "restore", image.toString(), "--pid-namespace", namespace);
        var container = start(container(sysctl, init));
        say(container, "orphan");
        say(container, "exit 7");
        var ended = ended(container);
        assertEquals(7, ended.status(), ended.errors());
        assertTrue(ended.output().endsWith("collected\nshutdown\n"), ended.output());
    }
}
