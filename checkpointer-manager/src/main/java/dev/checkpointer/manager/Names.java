package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** How services and images are called. */
final class Names {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 6;

    private Names() {}

    /** Twelve hexadecimal digits. */
    static String newId() {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static boolean isId(String text) {
        return text.matches("[0-9a-f]{" + 2 * BYTES + "}");
    }

    /** The object that has the word as its id or by another name, or else the only one whose id begins with it. */
    static <T> T find(String what, String word, Collection<T> objects, Function<T, String> id, Predicate<T> called)
            throws ManagerException {
        for (Predicate<T> way : List.<Predicate<T>>of(
                object -> id.apply(object).equals(word),
                called,
                object -> !word.isEmpty() && id.apply(object).startsWith(word))) {
            var found = objects.stream().filter(way).toList();
            if (found.size() > 1) {
                throw new ManagerException(
                        Kind.CONFLICT,
                        "'" + word + "' can be " + found.size() + " " + what + "s: "
                                + String.join(
                                        ", ", found.stream().map(id).sorted().toList()),
                        "Name one by more of its id");
            }
            if (!found.isEmpty()) {
                return found.get(0);
            }
        }
        throw new ManagerException(
                Kind.MISSING, "there is no " + what + " '" + word + "'", "Look at the list of " + what + "s");
    }
}
