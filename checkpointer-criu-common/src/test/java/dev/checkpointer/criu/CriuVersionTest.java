package dev.checkpointer.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CriuVersionTest {
    private static CriuVersion version(String text) {
        return CriuVersion.parse(text).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "Version: 3.17.1,3,17,1",
        "Version: 4.2,4,2,0",
        "4.2.1,4,2,1",
        "Version: 4.1-rc1,4,1,0",
        "Version: 4.10.3+deb13u1,4,10,3"
    })
    void readsTheNumbers(String text, int major, int minor, int sublevel) {
        assertEquals(new CriuVersion(major, minor, sublevel), version(text));
    }

    @Test
    void readsWhatTheCommandPrints() {
        assertEquals(new CriuVersion(4, 1, 1), version("Version: 4.1.1\nGitID: v4.1.1\n"));
        assertEquals(new CriuVersion(4, 2, 0), version("warning: something\nVersion: 4.2\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "Version:", "Version: unknown", "criu: not found", "version 4.2", "9999999.1"})
    void findsNoneInAnythingElse(String text) {
        assertEquals(Optional.empty(), CriuVersion.parse(text));
    }

    @Test
    void comparesByNumberAndNotByLetter() {
        var texts = Stream.of("4.10", "3.17.1", "4.2.1", "3.17", "4.2", "3.9", "10.0")
                .map(CriuVersionTest::version)
                .sorted()
                .map(CriuVersion::toString)
                .toList();
        assertEquals(
                Stream.of("3.9", "3.17", "3.17.1", "4.2", "4.2.1", "4.10", "10.0")
                        .toList(),
                texts);
        assertEquals(0, version("4.2").compareTo(version("4.2.0")));
        assertTrue(CriuVersion.OLDEST.compareTo(CriuVersion.RECOMMENDED) < 0);
    }
}
