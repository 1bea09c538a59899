package dev.checkpointer.internal.trigger;

import java.math.BigDecimal;
import java.net.URI;
import java.util.Set;

/**
 * The value of the setting {@code checkpointer.at}: a kind and, behind a colon, what it needs.
 *
 * @param kind which one
 * @param argument what is behind the colon, empty for a kind that needs nothing
 */
public record TriggerText(String kind, String argument) {
    /** The JVM, the terminal or the JDK's way of starting processes need the others. */
    private static final Set<String> SIGNALS = Set.of("USR1", "USR2");

    private static final String SECONDS = "[0-9]{1,8}(\\.[0-9]{1,3})?";
    private static final int LAST_PORT = 65535;

    /**
     * Reads the text and checks it.
     *
     * @param text the value of the setting
     * @return its parts
     * @throws IllegalArgumentException when it is none of those that are allowed
     */
    public static TriggerText parse(String text) {
        int colon = text.indexOf(':');
        var trigger = colon < 0
                ? new TriggerText(text, "")
                : new TriggerText(text.substring(0, colon), text.substring(colon + 1));
        boolean allowed = switch (trigger.kind) {
            case "http" -> isUrl(trigger.argument);
            case "log" -> !trigger.argument.isBlank();
            case "delay" -> trigger.argument.matches(SECONDS);
            case "signal" -> SIGNALS.contains(trigger.argument);
            case "main-returned" -> colon < 0;
            default -> false;
        };
        if (!allowed) {
            throw new IllegalArgumentException(text);
        }
        return trigger;
    }

    private static boolean isUrl(String text) {
        var uri = URI.create(text);
        return "http".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() <= LAST_PORT;
    }

    /** What waits. What has to see everything from now on does so when this returns. */
    Trigger install() throws TriggerException {
        return switch (kind) {
            case "http" -> new HttpTrigger(URI.create(argument));
            case "log" -> OutputTrigger.install(argument);
            case "delay" -> this::delay;
            case "signal" -> SignalTrigger.install(argument);
            default -> new MainTrigger();
        };
    }

    private boolean delay() throws InterruptedException {
        Thread.sleep(new BigDecimal(argument).movePointRight(3).longValueExact());
        return true;
    }

    @Override
    public String toString() {
        return argument.isEmpty() ? kind : kind + ":" + argument;
    }
}
