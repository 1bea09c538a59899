package dev.checkpointer.manager;

import dev.checkpointer.manager.ManagerException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of a JSON object that somebody sent; what is wrong with one is told by its name. For one thread. */
final class Fields {
    private final Map<String, Object> left;

    Fields(Map<String, Object> object) {
        left = new HashMap<>(object);
    }

    Optional<String> text(String name) throws ManagerException {
        return take(name, String.class, "text");
    }

    boolean flag(String name) throws ManagerException {
        return take(name, Boolean.class, "true or false").orElse(false);
    }

    Optional<Integer> number(String name, int least, int most) throws ManagerException {
        var number = take(name, Integer.class, "a whole number");
        if (number.isPresent() && (number.get() < least || number.get() > most)) {
            throw invalid("\"" + name + "\" is a number from " + least + " to " + most + ", not " + number.get());
        }
        return number;
    }

    List<String> texts(String name) throws ManagerException {
        var texts = new ArrayList<String>();
        List<?> given = take(name, List.class, "a list of texts").orElse(List.of());
        for (var element : given) {
            if (!(element instanceof String text) || text.indexOf('\0') >= 0) {
                throw invalid("\"" + name + "\" is a list of texts without a zero byte");
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    Map<String, String> variables(String name) throws ManagerException {
        var variables = new LinkedHashMap<String, String>();
        Map<?, ?> given = take(name, Map.class, "an object with texts").orElse(Map.of());
        for (var entry : given.entrySet()) {
            if (!(entry.getValue() instanceof String value) || value.indexOf('\0') >= 0) {
                throw invalid("\"" + name + "\" is an object with texts without a zero byte");
            }
            var key = entry.getKey().toString();
            if (key.isEmpty() || key.indexOf('=') >= 0 || key.indexOf('\0') >= 0) {
                throw invalid("\"" + name + "\" has a name that no variable can have: '" + key + "'");
            }
            variables.put(key, value);
        }
        return Map.copyOf(variables);
    }

    private <T> Optional<T> take(String name, Class<T> type, String kind) throws ManagerException {
        var value = left.remove(name);
        if (value != null && !type.isInstance(value)) {
            throw invalid("\"" + name + "\" is " + kind);
        }
        return Optional.ofNullable(type.cast(value));
    }

    /** Refuses what nobody asked for: a misspelt field would be ignored otherwise. */
    void end() throws ManagerException {
        if (!left.isEmpty()) {
            throw invalid("there is no field \"" + left.keySet().iterator().next() + "\" here");
        }
    }

    static ManagerException invalid(String message) {
        return new ManagerException(Kind.INVALID, message, "");
    }
}
