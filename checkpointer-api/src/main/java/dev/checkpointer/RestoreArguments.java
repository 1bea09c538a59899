package dev.checkpointer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a restored program is told: each restore of an image may have its own. The values reach the program through a
 * descriptor; they are in no image, no log and no list of processes. Immutable.
 *
 * @param properties system properties, which are set before {@code afterRestore} runs
 * @param environment environment variables, which the program finds in {@link RestoreContext#environment()}
 * @param arguments the program's arguments
 * @param mainClass a class whose {@code main} gets the arguments when the resources are notified
 * @since 0.1.0
 */
public record RestoreArguments(
        Map<String, String> properties,
        Map<String, String> environment,
        List<String> arguments,
        Optional<String> mainClass) {
    /** Nothing to tell. */
    public static final RestoreArguments NONE = new RestoreArguments(Map.of(), Map.of(), List.of(), Optional.empty());

    /**
     * Copies the collections, whose order is kept.
     *
     * @param properties system properties
     * @param environment environment variables
     * @param arguments the program's arguments
     * @param mainClass a class with a {@code main} method
     * @throws IllegalArgumentException when a name is empty, or that of a variable holds an equals sign
     */
    public RestoreArguments {
        properties = copy(properties);
        environment = copy(environment);
        arguments = List.copyOf(arguments);
        Objects.requireNonNull(mainClass, "mainClass");
        environment.keySet().stream()
                .filter(name -> name.contains("="))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            "the name of a variable holds no equals sign, as '" + name + "' does");
                });
    }

    private static Map<String, String> copy(Map<String, String> values) {
        var copy = new LinkedHashMap<String, String>();
        values.forEach((name, value) -> {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a name is empty; its value is not shown");
            }
            copy.put(name, Objects.requireNonNull(value, name));
        });
        return Collections.unmodifiableMap(copy);
    }

    /**
     * The same with one more system property.
     *
     * @param name its name
     * @param value its value
     * @return new arguments
     */
    public RestoreArguments property(String name, String value) {
        return new RestoreArguments(with(properties, name, value), environment, arguments, mainClass);
    }

    /**
     * The same with one more environment variable.
     *
     * @param name its name
     * @param value its value
     * @return new arguments
     */
    public RestoreArguments variable(String name, String value) {
        return new RestoreArguments(properties, with(environment, name, value), arguments, mainClass);
    }

    /**
     * The same with other arguments.
     *
     * @param values all arguments
     * @return new arguments
     */
    public RestoreArguments arguments(String... values) {
        return new RestoreArguments(properties, environment, List.of(values), mainClass);
    }

    /**
     * The same with a class whose {@code main} gets the arguments.
     *
     * @param className its binary name
     * @return new arguments
     */
    public RestoreArguments mainClass(String className) {
        return new RestoreArguments(properties, environment, arguments, Optional.of(className));
    }

    private static Map<String, String> with(Map<String, String> values, String name, String value) {
        var more = new LinkedHashMap<>(values);
        more.put(name, value);
        return more;
    }

    /**
     * Tells how many there are of each kind, and no value, which may be a secret.
     *
     * @return a line
     */
    @Override
    public String toString() {
        return "RestoreArguments[properties=" + properties.keySet() + ", environment=" + environment.keySet()
                + ", arguments=" + arguments.size() + ", mainClass=" + mainClass.orElse("none") + "]";
    }
}
