package dev.checkpointer.agent;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.objectweb.asm.ClassReader;

/**
 * A program's own class loader that has classes of checkpointer, and asks the application's loader first, as that of Spring
 * Boot's jars does. From the moment at which the agent's jar is on the class path, it would take from there whatever it has
 * not loaded yet, and classes of two loaders do not go together. So all of its own are loaded now.
 */
final class ProgramLoader {
    private final ClassLoader loader;
    private final ProtectionDomain domain;
    private final Method find;
    private final Method resource;
    private final Method define;

    private ProgramLoader(Class<?> example) throws NoSuchMethodException {
        loader = example.getClassLoader();
        domain = example.getProtectionDomain();
        find = method("findLoadedClass", String.class);
        resource = method("findResource", String.class);
        define = method("defineClass", String.class, byte[].class, int.class, int.class, ProtectionDomain.class);
    }

    private static Method method(String name, Class<?>... parameters) throws NoSuchMethodException {
        var method = ClassLoader.class.getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method;
    }

    /**
     * Loads all classes of checkpointer that the loader of one of them has itself.
     *
     * @param example the one
     */
    static void complete(Class<?> example, Instrumentation instrumentation) {
        OpenJdk.to(Set.of(ProgramLoader.class.getModule()), Set.of("java.lang"), instrumentation);
        try {
            var program = new ProgramLoader(example);
            for (var name : names()) {
                program.load(name);
            }
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("cannot load the program's own checkpointer: " + e.getCause(), e);
        } catch (ReflectiveOperationException | IOException | URISyntaxException e) {
            throw new IllegalStateException("cannot load the program's own checkpointer: " + e, e);
        }
    }

    /** Whatever the agent's jar would put in the place of the program's. */
    private static Set<String> names() throws IOException, URISyntaxException {
        var own = Agent.class.getPackageName() + ".";
        var file = Path.of(
                Agent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (var jar = new JarFile(file.toFile())) {
            return jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .filter(name -> !name.startsWith(own))
                    .collect(Collectors.toSet());
        }
    }

    /** What a class extends comes first: to define the class asks the loader for it, who would ask the application's. */
    private void load(String name) throws ReflectiveOperationException, IOException {
        var file = (URL) resource.invoke(loader, name.replace('.', '/') + ".class");
        if (file == null || find.invoke(loader, name) != null) {
            return;
        }
        byte[] code;
        try (var input = file.openStream()) {
            code = input.readAllBytes();
        }
        var reader = new ClassReader(code);
        load(reader.getSuperName().replace('/', '.'));
        for (var type : reader.getInterfaces()) {
            load(type.replace('/', '.'));
        }
        try {
            define.invoke(loader, name, code, 0, code.length, domain);
        } catch (InvocationTargetException e) {
            // The program may have been quicker.
            if (find.invoke(loader, name) == null) {
                throw e;
            }
        }
    }
}
