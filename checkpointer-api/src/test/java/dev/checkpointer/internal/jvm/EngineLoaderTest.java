package dev.checkpointer.internal.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.Settings;
import dev.checkpointer.engine.CheckpointEngine;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers of others that are broken in several ways, found through the context class loader. */
class EngineLoaderTest {
    private static final String SERVICE = CheckpointEngine.class.getName();
    private static final String SIMULATE = "simulate: available, used only by name";

    @TempDir
    private Path directory;

    private List<String> lines(String services) throws Exception {
        var file = directory.resolve("META-INF/services").resolve(SERVICE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, services);
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        try (var loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            return EngineLoader.selection()
                    .report(Optional.empty(), Settings.of(Map.of(), Map.of()))
                    .lines();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void findsSimulateWithoutAnyProvider() throws Exception {
        assertEquals(List.of(SIMULATE), lines(""));
    }

    @Test
    void namesAProviderWhoseClassIsMissing() throws Exception {
        assertEquals(
                List.of(
                        SIMULATE,
                        "a provider cannot be loaded: " + SERVICE + ": Provider com.example.Missing not found"),
                lines("com.example.Missing\n"));
    }

    @Test
    void namesAProviderOfTheWrongType() throws Exception {
        var type = EngineLoaderTest.class.getName();
        assertEquals(
                List.of(SIMULATE, "a provider cannot be loaded: " + SERVICE + ": " + type + " not a subtype"),
                lines(type + "\n"));
    }

    @Test
    void namesTheFileThatIsNoListOfProviders() throws Exception {
        var lines = lines("this is no class\n");
        assertEquals(SIMULATE, lines.get(0));
        assertTrue(lines.get(1).contains(directory + "/META-INF/services/" + SERVICE + ":1: Illegal"), lines.get(1));
        assertEquals(2, lines.size());
    }

    /** The class file is one that needs a type which is not there. */
    @Test
    void saysWhatAProviderLacks() throws Exception {
        var source = Files.writeString(directory.resolve("Needy.java"), """
                package com.example;
                public abstract class Needy extends Needed {}
                class Needed {}
                """);
        var javac = ToolProvider.findFirst("javac").orElseThrow();
        assertEquals(0, javac.run(System.out, System.err, "-d", directory.toString(), source.toString()));
        Files.delete(directory.resolve("com/example/Needed.class"));
        assertEquals(
                List.of(
                        SIMULATE,
                        "a provider cannot be loaded: java.lang.NoClassDefFoundError: com/example/Needed:"
                                + " java.lang.ClassNotFoundException: com.example.Needed",
                        "a provider cannot be loaded: " + SERVICE + ": Provider com.example.Missing not found"),
                lines("com.example.Needy\ncom.example.Missing\n"));
    }
}
