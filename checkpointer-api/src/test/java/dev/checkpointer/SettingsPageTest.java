package dev.checkpointer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps the reference page in step with the enum. */
class SettingsPageTest {
    private static final Path PAGE = Path.of(System.getProperty("test.root"), "docs/settings.md");

    private static final String HEAD = """
            # Settings

            A setting is a system property. Where the property is not set, the environment variable counts, and then the
            default. A value that is not allowed fails the checkpoint; a system property `checkpointer.*` that is not in this
            list is told to the logger `dev.checkpointer` as a warning.

            This page is made from the enum `dev.checkpointer.Setting`.

            | property | variable | default | allowed | what it does |
            |---|---|---|---|---|
            """;

    private static final String ENGINE_SWITCH =
            "| `checkpointer.engine.<name>.enabled` | `CHECKPOINTER_ENGINE_<NAME>_ENABLED`"
                    + " | `true` | true or false | `false` takes the engine of that name out of the choice. In the variable"
                    + " the name is in capital letters, with underscores for hyphens. |\n";

    private static String page() {
        return Arrays.stream(Setting.values())
                .map(SettingsPageTest::row)
                .collect(Collectors.joining("", HEAD, ENGINE_SWITCH));
    }

    private static String row(Setting setting) {
        var value = setting.defaultValue().isEmpty() ? "–" : "`" + setting.defaultValue() + "`";
        return "| `%s` | `%s` | %s | %s | %s |%n"
                .formatted(
                        setting.property(),
                        setting.variable(),
                        value,
                        setting.allowed(),
                        setting.description().replace("|", "\\|"));
    }

    @Test
    void thePageSaysWhatTheEnumSays() throws Exception {
        if (Boolean.getBoolean("update.docs")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page());
        }
        assertEquals(
                page(),
                Files.exists(PAGE) ? Files.readString(PAGE) : "",
                () -> PAGE
                        + " differs from the enum Setting. Write it anew with: mvn -pl checkpointer-bom,checkpointer-api"
                        + " test -Dtest=SettingsPageTest -Dupdate.docs=true");
    }
}
