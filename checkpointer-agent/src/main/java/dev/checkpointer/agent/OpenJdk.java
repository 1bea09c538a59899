package dev.checkpointer.agent;

import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Opens the JDK's packages to checkpointer, so that a restored program can be given what its clones do not have. */
final class OpenJdk {
    private static final Set<String> PACKAGES = Set.of("java.lang", "java.util", "java.util.concurrent", "java.net");

    private OpenJdk() {}

    static void to(Set<Module> modules, Instrumentation instrumentation) {
        var opens = new HashMap<String, Set<Module>>();
        PACKAGES.forEach(name -> opens.put(name, modules));
        instrumentation.redefineModule(Object.class.getModule(), Set.of(), Map.of(), opens, Set.of(), Map.of());
    }
}
