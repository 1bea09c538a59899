package dev.checkpointer.benchmarks.suites;

import java.util.List;

/**
 * What a program of {@link dev.checkpointer.benchmarks.program.LoadProgram} holds.
 *
 * @param heap mebibytes that live
 * @param threads beside those of the JVM
 * @param descriptors open files
 * @param resources of {@code org.crac}
 */
record Load(int heap, int threads, int descriptors, int resources) {
    private static final int ROOM = 160;

    /** What others have more of. */
    static final Load LEAST = new Load(16, 10, 10, 1);

    static Load ofHeap(int mebibytes) {
        return new Load(mebibytes, LEAST.threads, LEAST.descriptors, LEAST.resources);
    }

    static Load ofThreads(int count) {
        return new Load(LEAST.heap, count, LEAST.descriptors, LEAST.resources);
    }

    static Load ofDescriptors(int count) {
        return new Load(LEAST.heap, LEAST.threads, count, LEAST.resources);
    }

    static Load ofResources(int count) {
        return new Load(LEAST.heap, LEAST.threads, LEAST.descriptors, count);
    }

    /** Options for a JVM that has room for it, and no more than programs have. */
    List<String> options() {
        return List.of("-Xmx" + (heap + heap / 2 + ROOM) + "m");
    }

    /** For the program. */
    List<String> arguments() {
        return List.of(
                Integer.toString(heap),
                Integer.toString(threads),
                Integer.toString(descriptors),
                Integer.toString(resources));
    }

    /** Bytes that a process, an image of it and a restored one may take. */
    long footprint() {
        return (heap * 2L + 2 * ROOM) * 1024 * 1024;
    }
}
