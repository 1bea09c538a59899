package dev.checkpointer.libcriu;

import dev.checkpointer.criu.DumpOptions;
import dev.checkpointer.criu.RestoreOptions;
import dev.checkpointer.tests.OptionMapping;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The calls of the engine libcriu, noted by a library that does nothing else. */
public final class LibCriuMapping implements OptionMapping {
    private final Set<String> missing;

    /** A library that lacks some functions. */
    public LibCriuMapping(Set<String> missing) {
        this.missing = missing;
    }

    private LibCriu library(List<String> calls) {
        return (LibCriu) Proxy.newProxyInstance(
                LibCriu.class.getClassLoader(), new Class<?>[] {LibCriu.class}, (proxy, method, arguments) -> {
                    if (missing.contains(method.getName())) {
                        throw new UnsatisfiedLinkError(method.getName());
                    }
                    calls.add(method.getName() + Arrays.deepToString(arguments));
                    return method.getReturnType() == int.class ? 0 : null;
                });
    }

    @Override
    public String dump(DumpOptions options) throws Exception {
        var calls = new ArrayList<String>();
        new LibCriuOptions(library(calls)).set(options, false);
        return calls.toString();
    }

    @Override
    public String restore(RestoreOptions options) throws Exception {
        var calls = new ArrayList<String>();
        new LibCriuOptions(library(calls)).set(options);
        return calls.toString();
    }
}
