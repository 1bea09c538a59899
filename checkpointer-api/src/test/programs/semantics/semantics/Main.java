package semantics;

import dev.checkpointer.Checkpointer;
import java.lang.ref.Reference;
import org.crac.CheckpointException;
import org.crac.Core;
import org.crac.Resource;
import org.crac.RestoreException;

/** Runs the scenario that the first argument names, and tells on standard output what happens. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "order" -> run(new Speaker("1"), new Speaker("2"), new Speaker("3"));
            case "collected" -> Lifetime.collected();
            case "kept-between" -> Lifetime.keptBetween();
            case "odd-equality" -> Lifetime.oddEquality();
            case "many" -> Lifetime.many(100_000);
            case "failures-before" -> failuresBefore();
            case "failures-after" -> failuresAfter();
            case "failing-engine" -> failingEngine();
            case "nested" -> nested();
            case "recursive" -> Rounds.recursive();
            case "second" -> Rounds.second();
            case "late" -> Rounds.late();
            case "proxies" -> Proxies.run();
            case "engines" -> Checkpointer.engines().lines().forEach(Main::say);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    static void say(String line) {
        System.out.println(line);
    }

    static void checkpoint() {
        try {
            Core.checkpointRestore();
            say("restored");
        } catch (CheckpointException | RestoreException e) {
            say(e.getClass().getName());
            for (var cause : e.getSuppressed()) {
                say("  " + cause);
            }
        }
    }

    private static void run(Resource... resources) {
        for (var resource : resources) {
            Core.getGlobalContext().register(resource);
        }
        checkpoint();
        say("dumps " + CountingEngine.dumps);
        Reference.reachabilityFence(resources);
    }

    private static void failuresBefore() {
        run(
                new Speaker("1", new IllegalStateException("one"), null),
                new Speaker("2"),
                new Speaker("3", new Error("three"), new Exception("three again")),
                new Speaker("4", null, new AssertionError("four")));
    }

    private static void failuresAfter() {
        run(
                new Speaker("1", null, new IllegalStateException("one")),
                new Speaker("2"),
                new Speaker("3", null, new Error("three")));
    }

    private static void failingEngine() {
        CountingEngine.failing = true;
        run(new Speaker("1"), new Speaker("2", null, new Exception("two")));
    }

    private static void nested() {
        var inner = new Nested(
                new Speaker("inner 1", new Exception("i1"), new Exception("i2")),
                new Speaker("inner 2", new CheckpointException("without causes"), null));
        run(new Nested(new Speaker("outer", new Exception("o"), null), inner));
        Reference.reachabilityFence(inner);
    }
}
