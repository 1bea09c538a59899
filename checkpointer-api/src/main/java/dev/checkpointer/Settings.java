package dev.checkpointer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The values of the settings: system property, then environment variable, then default. Values are read when asked for,
 * so that a program may set a property late. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class Settings {
    private static final Settings CURRENT = new Settings(
            System::getProperty, System::getenv, () -> System.getProperties().stringPropertyNames());

    private final UnaryOperator<String> properties;
    private final UnaryOperator<String> environment;
    private final Supplier<Set<String>> propertyNames;

    private Settings(
            UnaryOperator<String> properties, UnaryOperator<String> environment, Supplier<Set<String>> propertyNames) {
        this.properties = properties;
        this.environment = environment;
        this.propertyNames = propertyNames;
    }

    /**
     * The settings of this JVM.
     *
     * @return the settings
     */
    public static Settings current() {
        return CURRENT;
    }

    /**
     * Settings from other places than this JVM's properties and environment.
     *
     * @param properties values by property name
     * @param environment values by variable name
     * @return the settings
     */
    public static Settings of(Map<String, String> properties, Map<String, String> environment) {
        var propertiesCopy = Map.copyOf(properties);
        var environmentCopy = Map.copyOf(environment);
        return new Settings(propertiesCopy::get, environmentCopy::get, propertiesCopy::keySet);
    }

    /**
     * The text of a setting.
     *
     * @param setting which one
     * @return its value, empty when it is neither set nor has a default
     * @throws SettingException when the value is not allowed
     */
    public Optional<String> text(Setting setting) {
        var source = setting.property();
        var value = properties.apply(source);
        if (value == null) {
            source = setting.variable();
            value = environment.apply(source);
        }
        if (value == null) {
            return Optional.of(setting.defaultValue()).filter(text -> !text.isEmpty());
        }
        check(setting.type(), source, value);
        return Optional.of(value).filter(text -> !text.isEmpty());
    }

    /**
     * A setting that is true or false.
     *
     * @param setting which one
     * @return its value
     * @throws SettingException when the value is not allowed
     */
    public boolean flag(Setting setting) {
        return text(setting).orElseThrow().equals("true");
    }

    /**
     * A setting that is a path.
     *
     * @param setting which one
     * @return its value, empty when it is neither set nor has a default
     * @throws SettingException when the value is not allowed
     */
    public Optional<Path> path(Setting setting) {
        return text(setting).map(Path::of);
    }

    /**
     * A setting that is a time span.
     *
     * @param setting which one
     * @return its value
     * @throws SettingException when the value is not allowed
     */
    public Duration duration(Setting setting) {
        return SettingType.duration(text(setting).orElseThrow());
    }

    /**
     * A setting that is a number of bytes.
     *
     * @param setting which one
     * @return its value
     * @throws SettingException when the value is not allowed
     */
    public long size(Setting setting) {
        return SettingType.size(text(setting).orElseThrow());
    }

    /**
     * Whether an engine takes part in the selection: the property {@code checkpointer.engine.<name>.enabled}, then the
     * variable {@code CHECKPOINTER_ENGINE_<NAME>_ENABLED} with hyphens as underscores.
     *
     * @param engine the engine's name
     * @return false when it was taken out
     * @throws SettingException when the value is neither true nor false
     */
    public boolean engineEnabled(String engine) {
        return engineTakenOutBy(engine).isEmpty();
    }

    /**
     * What takes an engine out of the selection.
     *
     * @param engine the engine's name
     * @return the name of the property or variable that is false, empty when the engine takes part
     * @throws SettingException when the value is neither true nor false
     */
    public Optional<String> engineTakenOutBy(String engine) {
        var source = "checkpointer.engine." + engine + ".enabled";
        var value = properties.apply(source);
        if (value == null) {
            source = source.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
            value = environment.apply(source);
        }
        if (value == null) {
            return Optional.empty();
        }
        check(SettingType.BOOLEAN, source, value);
        return value.equals("true") ? Optional.empty() : Optional.of(source);
    }

    /**
     * The system properties that look like settings and are none, for instance for a typing error.
     *
     * @return for each one a sentence with its name and that of the closest setting, in the order of the names
     */
    public List<String> unknown() {
        return UnknownSetting.among(propertyNames.get());
    }

    private static void check(SettingType type, String source, String value) {
        try {
            type.check(value);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new SettingException(source, value, type.allowed());
        }
    }
}
