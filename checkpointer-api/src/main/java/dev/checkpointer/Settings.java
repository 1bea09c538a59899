package dev.checkpointer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The values of the settings: system property, then environment variable, then default. Values are read when asked for,
 * so that a program may set a property late. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class Settings {
    private static final Settings CURRENT = new Settings(System::getProperty, System::getenv);

    private final UnaryOperator<String> properties;
    private final UnaryOperator<String> environment;

    private Settings(UnaryOperator<String> properties, UnaryOperator<String> environment) {
        this.properties = properties;
        this.environment = environment;
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
        return new Settings(propertiesCopy::get, environmentCopy::get);
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
        try {
            setting.type().check(value);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new SettingException(source, value, setting.allowed());
        }
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
     * Whether an engine takes part in the selection: {@code checkpointer.engine.<name>.enabled}.
     *
     * @param engine the engine's name
     * @return false when it was taken out
     * @throws SettingException when the value is neither true nor false
     */
    public boolean engineEnabled(String engine) {
        var property = "checkpointer.engine." + engine + ".enabled";
        var value = properties.apply(property);
        if (value == null) {
            return true;
        }
        try {
            SettingType.BOOLEAN.check(value);
        } catch (IllegalArgumentException e) {
            throw new SettingException(property, value, SettingType.BOOLEAN.allowed());
        }
        return value.equals("true");
    }
}
