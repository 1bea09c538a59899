package dev.checkpointer.agent;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

/** Starts {@code ResourceProgram} as a jar of jars does: with all libraries in a class loader of the program's own. */
public final class OwnLoaderProgram {
    private OwnLoaderProgram() {}

    public static void main(String[] arguments) throws Exception {
        var urls = Arrays.stream(System.getProperty("libraries").split(File.pathSeparator))
                .map(OwnLoaderProgram::url)
                .toArray(URL[]::new);
        // Not the application's loader: it has ResourceProgram, too, but no libraries.
        var loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        Class.forName(System.getProperty("program", "dev.checkpointer.agent.ResourceProgram"), true, loader)
                .getMethod("main", String[].class)
                .invoke(null, (Object) arguments);
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
