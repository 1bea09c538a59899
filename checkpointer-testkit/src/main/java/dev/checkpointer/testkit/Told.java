package dev.checkpointer.testkit;

import dev.checkpointer.RestoreContext;
import java.time.Duration;
import java.time.Instant;

/** What a target program was told at its restore, in a line. Its {@code main} prints the arguments. */
final class Told {
    private Told() {}

    static String line() {
        return RestoreContext.current()
                .map(context -> "properties=" + context.properties() + " environment=" + context.environment()
                        + " arguments=" + context.arguments() + " image="
                        + context.image().map(Object::toString).orElse("unknown") + " recent="
                        + (Duration.between(context.time(), Instant.now()).abs().toMinutes() < 5) + " instance="
                        + context.instance())
                .orElse("never restored")
                .replace("\n", "<newline>");
    }

    /**
     * Another main method for a restored program.
     *
     * @param arguments printed
     */
    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("fail")) {
            throw new IllegalStateException("as it was told");
        }
        System.out.println("other main with " + String.join(",", arguments));
    }
}
