package dev.checkpointer.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.manager.ManagerException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How objects are found. */
class NamesTest {
    private static final List<String> IDS = List.of("ab12", "ab34", "cd56", "cd5");

    private static String find(String word) throws ManagerException {
        return Names.find("thing", word, IDS, id -> id, id -> id.equals("ab34") && word.equals("web"));
    }

    @ParameterizedTest
    @CsvSource({"ab12, ab12", "ab3, ab34", "web, ab34", "cd5, cd5", "cd56, cd56"})
    void idsBeforeNamesBeforeBeginnings(String word, String id) throws ManagerException {
        assertEquals(id, find(word));
    }

    @Test
    void doubtIsToldWithTheCandidates() {
        var e = assertThrows(ManagerException.class, () -> find("ab"));
        assertEquals(Kind.CONFLICT, e.kind());
        assertTrue(e.getMessage().contains("ab12, ab34"), e::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"xy", "''"})
    void nothingIsMissing(String word) {
        assertEquals(
                Kind.MISSING,
                assertThrows(ManagerException.class, () -> find(word)).kind());
    }

    @Test
    void newIdsAreTwelveDigits() {
        assertTrue(Names.newId().matches("[0-9a-f]{12}"));
    }
}
