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
        var program = System.getProperty("program", "dev.checkpointer.agent.ResourceProgram");
        // Not the application's loader: it has ResourceProgram, too, but no libraries.
        var loader = Boolean.getBoolean("below")
                ? new Below(urls, program)
                : new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(loader);
        Class.forName(program, true, loader).getMethod("main", String[].class).invoke(null, (Object) arguments);
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    /** Asks the application's loader first, as that of Spring Boot's jars does, for all but the program. */
    private static final class Below extends URLClassLoader {
        private final String program;

        Below(URL[] urls, String program) {
            super(urls, OwnLoaderProgram.class.getClassLoader());
            this.program = program;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                var known = findLoadedClass(name);
                return known == null && name.startsWith(program) ? findClass(name) : super.loadClass(name, resolve);
            }
        }
    }
}
