package dev.checkpointer;

/**
 * A setting has a value that is not allowed. The message names the setting, the value and what is allowed.
 *
 * @since 0.1.0
 */
public class SettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    SettingException(String source, String value, String allowed) {
        super("setting " + source + " has the value '" + value + "', allowed is " + allowed);
    }
}
