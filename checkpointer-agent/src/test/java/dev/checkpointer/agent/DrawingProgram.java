package dev.checkpointer.agent;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Draws from random generators of every kind before its checkpoint and after its restore, and tells what it drew then. With the
 * property {@code self} it makes the checkpoint; otherwise it notices the restore by a variable of its environment.
 */
public final class DrawingProgram {
    private DrawingProgram() {}

    public static void main(String[] arguments) throws Exception {
        Thread.sleep(Long.getLong("wait", 0)); // for the agent
        var pool = Executors.newSingleThreadExecutor();
        var generators = generators();
        generators.put(
                "other-thread",
                () -> pool.submit(() -> ThreadLocalRandom.current().nextLong()).get());
        for (var generator : generators.values()) {
            generator.call();
        }
        System.out.println("feature " + Runtime.version().feature());
        System.out.println("drawn");
        if (Boolean.getBoolean("self")) {
            org.crac.Core.checkpointRestore();
        } else {
            for (int i = 0; i < 6000 && System.getenv("RESTORED") == null; i++) {
                Thread.sleep(5);
            }
        }
        for (var generator : generators.entrySet()) {
            System.out.println(generator.getKey() + "=" + generator.getValue().call());
        }
        System.out.println("fresh=" + new Random().nextLong());
        System.out.println("fresh-splittable=" + new SplittableRandom().nextLong());
        System.out.println("restored=" + System.getenv("RESTORED"));
        var child = new ProcessBuilder("sh", "-c", "echo child=$RESTORED").inheritIO();
        child.environment();
        child.start().waitFor();
        pool.shutdown();
    }

    private static Map<String, Callable<Object>> generators() throws Exception {
        var random = new Random();
        var seeded = new Random(42);
        var splittable = new SplittableRandom();
        var split = splittable.split();
        var sha1 = SecureRandom.getInstance("SHA1PRNG");
        var drbg = SecureRandom.getInstance("DRBG");
        var usual = new SecureRandom();
        var all = new LinkedHashMap<String, Callable<Object>>();
        all.put("random", random::nextLong);
        all.put("seeded", seeded::nextLong);
        all.put("splittable", splittable::nextLong);
        all.put("split", split::nextLong);
        all.put("sha1prng", sha1::nextLong);
        all.put("drbg", drbg::nextLong);
        all.put("secure", usual::nextLong);
        all.put("thread-local", () -> ThreadLocalRandom.current().nextLong());
        all.put("math", Math::random);
        all.put("shuffle", () -> {
            var list = new ArrayList<>(IntStream.range(0, 50).boxed().toList());
            Collections.shuffle(list);
            return list;
        });
        return all;
    }
}
