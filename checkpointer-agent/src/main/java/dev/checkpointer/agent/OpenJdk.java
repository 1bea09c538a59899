package dev.checkpointer.agent;

import java.lang.instrument.Instrumentation;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Opens packages of the JDK to checkpointer. */
final class OpenJdk {
    private OpenJdk() {}

    static void to(Set<Module> modules, Set<String> packages, Instrumentation instrumentation) {
        var opens = new HashMap<String, Set<Module>>();
        packages.forEach(name -> opens.put(name, modules));
        instrumentation.redefineModule(Object.class.getModule(), Set.of(), Map.of(), opens, Set.of(), Map.of());
    }
}
