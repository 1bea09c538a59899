package dev.checkpointer.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A user without the rights of root, as whom programs run; made by root for a test. It has a home directory, and copies of
 * what it needs to read, since a build's directories may be closed to others.
 *
 * @since 0.1.0
 */
public final class OrdinaryUser {
    /** The user "nobody" of every Linux. */
    private static final String ID = "65534";

    private final Path directory;
    private final Path home;
    private final String classPath;

    /**
     * Makes the user's directories.
     *
     * @param directory a directory of the test
     * @throws IOException when that fails
     */
    public OrdinaryUser(Path directory) throws IOException {
        this.directory = directory;
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        home = Files.createDirectory(directory.resolve("home"));
        require("chown", ID, home.toString());
        classPath = readableClassPath();
    }

    private static void require(String... command) throws IOException {
        var result = Processes.run(List.of(command));
        if (result.status() != 0) {
            throw new IOException(String.join(" ", command) + ": " + result.output());
        }
    }

    private String readableClassPath() throws IOException {
        var classes = Files.createDirectory(directory.resolve("classes"));
        var copies = new ArrayList<String>();
        for (var entry : Target.classPath().split(":")) {
            var copy = classes.resolve(copies.size() + (entry.endsWith(".jar") ? ".jar" : ""));
            require("cp", "-r", entry, copy.toString());
            copies.add(copy.toString());
        }
        require("chmod", "-R", "a+rX", classes.toString());
        return String.join(":", copies);
    }

    /**
     * Why such a user can do nothing here.
     *
     * @param directory a directory of the test
     * @return empty when it can
     * @throws IOException when that cannot be found out
     */
    public static Optional<String> obstacle(Path directory) throws IOException {
        if (!Files.isWritable(Path.of("/proc/1/oom_score_adj"))) {
            return Optional.of("making a user needs root");
        }
        var look = new ArrayList<>(prefix());
        look.addAll(List.of("test", "-x", directory.getParent().toString()));
        return Processes.run(look).status() == 0
                ? Optional.empty()
                : Optional.of("other users may not enter " + directory.getParent());
    }

    private static List<String> prefix() {
        return List.of("setpriv", "--reuid", ID, "--regid", ID, "--clear-groups");
    }

    /**
     * A copy of CRIU with the file capabilities that let this user dump and restore its own processes.
     *
     * @param criu the command
     * @return the copy
     * @throws IOException when it cannot be made
     */
    public Path criu(Path criu) throws IOException {
        var copy = directory.resolve("criu");
        require("cp", criu.toRealPath().toString(), copy.toString());
        require("setcap", "cap_checkpoint_restore,cap_sys_ptrace,cap_setpcap+eip", copy.toString());
        return copy;
    }

    /**
     * Its home directory.
     *
     * @return a directory that it may write
     */
    public Path home() {
        return home;
    }

    /**
     * A command that this user runs in its home directory. Its output goes to a file, which is the user's own.
     *
     * @param output the file
     * @param command the command with its arguments
     * @return a builder
     * @throws IOException when the file cannot be made
     */
    public ProcessBuilder command(Path output, List<String> command) throws IOException {
        require("touch", output.toString());
        require("chown", ID, output.toString());
        var all = new ArrayList<>(prefix());
        all.addAll(command);
        var builder = new ProcessBuilder(all);
        builder.environment().put("TMPDIR", home.toString());
        builder.environment().put("HOME", home.toString());
        return builder.directory(home.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile());
    }

    /**
     * A Java program of the test's class path that this user runs.
     *
     * @param jdk on which JDK
     * @param output where its output goes
     * @param options system properties and other options, as on the command line
     * @param program the class and its arguments
     * @return a builder
     * @throws IOException when the output's file cannot be made
     */
    public ProcessBuilder java(Jdk jdk, Path output, List<String> options, String... program) throws IOException {
        // Without performance data no directory of this user stays in /tmp.
        var command = new ArrayList<>(List.of(jdk.java().toString(), "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.addAll(List.of("-Duser.home=" + home, "-Djava.io.tmpdir=" + home));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath));
        command.addAll(List.of(program));
        return command(output, command);
    }
}
