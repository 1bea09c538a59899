package dev.checkpointer.internal.clones;

import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a restored program differ from every other one of the same image: what draws random numbers gets new seeds from the
 * kernel, and host names are looked up anew. It is prepared before the dump, since a restored program has no time to lose.
 */
public final class CloneIdentity {
    /** Generators of the JDK that everybody uses. */
    private static final Map<String, String> SHARED = Map.of(
            "java.lang.Math$RandomNumberGeneratorHolder", "randomNumberGenerator",
            "java.lang.StrictMath$RandomNumberGeneratorHolder", "randomNumberGenerator",
            "java.util.Collections", "r");

    /** From which generators without a seed get theirs. */
    private static final Map<String, String> SEEDERS = Map.of(
            "java.util.Random", "seedUniquifier",
            "java.util.SplittableRandom", "defaultGen",
            "java.util.concurrent.ThreadLocalRandom", "seeder");

    private static final int SEED_BYTES = 32;

    private final Optional<JdkFields> fields;
    private final List<Field> shared;
    private final List<Field> seeders;
    private final Field threadSeed;
    private final Field splittableSeed;
    private final List<Field> nameCaches;

    private CloneIdentity(Optional<JdkFields> fields) throws ReflectiveOperationException {
        this.fields = fields;
        shared = find(SHARED);
        seeders = find(SEEDERS);
        threadSeed = Thread.class.getDeclaredField("threadLocalRandomSeed");
        splittableSeed = SplittableRandom.class.getDeclaredField("seed");
        nameCaches =
                List.of(InetAddress.class.getDeclaredField("cache"), InetAddress.class.getDeclaredField("expirySet"));
    }

    private static List<Field> find(Map<String, String> names) throws ReflectiveOperationException {
        var fields = new ArrayList<Field>();
        for (var name : names.entrySet()) {
            fields.add(Class.forName(name.getKey()).getDeclaredField(name.getValue()));
        }
        return fields;
    }

    /**
     * Looks for what will be renewed.
     *
     * @return empty in a JVM whose classes are not as expected
     */
    public static Optional<CloneIdentity> prepare() {
        try {
            var identity = new CloneIdentity(JdkFields.find());
            ThreadLocalRandom.current();
            return Optional.of(identity);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            return Optional.empty();
        }
    }

    /**
     * What clones have in common for lack of an agent.
     *
     * @param prepared what will be renewed
     * @return a sentence for people, empty when there is nothing to tell
     */
    public static Optional<String> warning(Optional<CloneIdentity> prepared) {
        var common = new ArrayList<String>();
        if (!Generators.areTracked()) {
            common.add("java.util.Random, SplittableRandom, and SecureRandom of the kinds SHA1PRNG and DRBG");
        }
        if (prepared.flatMap(identity -> identity.fields).isEmpty()) {
            common.add("ThreadLocalRandom, Math.random, Collections.shuffle and a new SplittableRandom");
        }
        return common.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "restored copies of one image draw the same numbers from " + String.join("; ", common)
                                + ". Start the program with checkpointer's agent, or do not use what was made before the checkpoint");
    }

    /**
     * Renews.
     *
     * @throws IOException when the kernel gives no random numbers
     * @throws ReflectiveOperationException when a field cannot be reached after all
     */
    public void renew() throws IOException, ReflectiveOperationException {
        try (var kernel = new DataInputStream(new FileInputStream("/dev/urandom"))) {
            if (fields.isPresent()) {
                renewJdk(fields.get(), kernel);
            }
            for (var generator : Generators.all()) {
                renew(generator, kernel);
            }
        }
    }

    private void renewJdk(JdkFields jdk, DataInputStream kernel) throws IOException, ReflectiveOperationException {
        for (var field : seeders) {
            ((AtomicLong) jdk.get(field, null)).set(kernel.readLong());
        }
        for (var field : shared) {
            if (jdk.get(field, null) instanceof Random generator) {
                generator.setSeed(kernel.readLong());
            }
        }
        for (var thread : threads()) {
            jdk.setLong(threadSeed, thread, kernel.readLong());
        }
        jdk.setLong(threadSeed, Thread.currentThread(), kernel.readLong()); // it may be a virtual one
        for (var field : nameCaches) {
            if (jdk.get(field, null) instanceof Map<?, ?> cache) {
                cache.clear();
            } else if (jdk.get(field, null) instanceof Collection<?> cache) {
                cache.clear();
            }
        }
    }

    /** Virtual threads are not among them. */
    private static List<Thread> threads() {
        var group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        var threads = new Thread[2 * group.activeCount() + 16]; // some may start meanwhile
        return Arrays.asList(threads).subList(0, group.enumerate(threads));
    }

    private void renew(Object generator, DataInputStream kernel) throws IOException, ReflectiveOperationException {
        if (generator instanceof SecureRandom secure) {
            if (!secure.getAlgorithm().startsWith("NativePRNG")) {
                secure.setSeed(kernel.readNBytes(SEED_BYTES)); // supplements what it had
            }
        } else if (generator instanceof Random random) {
            random.setSeed(kernel.readLong());
        } else if (fields.isPresent()) {
            fields.get().setLong(splittableSeed, generator, kernel.readLong());
        }
    }
}
