package dev.checkpointer.manager;

import java.util.List;
import java.util.Map;

/**
 * What a restored program is told.
 *
 * @param properties system properties
 * @param environment variables
 * @param arguments the new arguments
 */
record Restore(Map<String, String> properties, Map<String, String> environment, List<String> arguments) {
    static final Restore PLAIN = new Restore(Map.of(), Map.of(), List.of());

    static Restore of(Fields fields) throws ManagerException {
        return new Restore(fields.variables("properties"), fields.variables("env"), fields.texts("arguments"));
    }

    boolean tells() {
        return !properties.isEmpty() || !environment.isEmpty() || !arguments.isEmpty();
    }
}
