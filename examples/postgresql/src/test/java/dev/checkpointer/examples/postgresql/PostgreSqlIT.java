package dev.checkpointer.examples.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.examples.testing.ExampleProgram;
import dev.checkpointer.examples.testing.PostgreSql;
import dev.checkpointer.testkit.Await;
import dev.checkpointer.testkit.Jdk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An application with a pool of open connections to a database that it shares with nobody. */
class PostgreSqlIT {
    private static final Pattern WORD = Pattern.compile("[\\w-]+");

    private static PostgreSql database;

    @BeforeAll
    static void startDatabase() throws IOException {
        database = PostgreSql.start();
    }

    @AfterAll
    static void endDatabase() throws IOException {
        if (database != null) {
            database.close();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.checkpointer.testkit.Jdk#all")
    void everyRowIsThereAndThePoolConnectsAnew(Jdk jdk) throws Exception {
        try (var application = start(jdk, List.of("-Dcheckpointer.at=signal:USR1"))) {
            var earlier = notes(application);
            var backends = words(application.get("/backends"));
            assertFalse(backends.isEmpty());
            assertEquals("written", application.post("/notes/before"));

            var writer = new Writer(application);
            writer.start();
            Await.until("rows to be written", () -> writer.written().size() >= 10);
            application.checkpointBySignal();
            writer.join();

            application.restore();
            assertEquals("written", application.post("/notes/after"));
            var notes = notes(application)
                    .subList(earlier.size(), notes(application).size());
            assertEquals("before", notes.get(0));
            assertEquals("after", notes.get(notes.size() - 1));
            var during = notes.subList(1, notes.size() - 1);
            var written = writer.written();
            assertEquals(written, during.subList(0, written.size()), "what was said to be written is there, once");
            assertTrue(during.size() <= written.size() + 1, () -> "nobody wrote " + during);
            assertTrue(Collections.disjoint(backends, words(application.get("/backends"))), "other connections");
            assertFalse(application.log().contains("WARN"), application.log());
            application.end();
        }
    }

    /**
     * Where the pool may not be suspended, it connects anew before the dump, and learns from the errors that follow. The
     * command loads the agent into the application, which has classes of checkpointer in a class loader of its own.
     */
    @Test
    void poolThatCannotBeSuspendedReplacesItsClosedConnections() throws Exception {
        var jdk = Jdk.all().findFirst().orElseThrow();
        var suspension = "--spring.datasource.hikari.allow-pool-suspension=false";
        try (var application = start(jdk, List.of(), suspension)) {
            int earlier = notes(application).size();
            assertEquals("written", application.post("/notes/before"));
            var done = application.checkpoint("--tcp", "close");
            assertEquals(0, done.status(), done.output());

            application.restore();
            Await.value("a connection that works", () -> write(application, "after"));
            assertEquals(List.of("before", "after"), notes(application).subList(earlier, earlier + 2));
            application.end();
        }
    }

    /** Writes note after note until the application has ended. */
    private static final class Writer extends Thread {
        private final ExampleProgram application;
        private final List<String> written = Collections.synchronizedList(new ArrayList<>());

        Writer(ExampleProgram application) {
            this.application = application;
        }

        @Override
        public void run() {
            int number = 0;
            while (write(application, "during-" + number).isPresent()) {
                written.add("during-" + number++);
            }
        }

        List<String> written() {
            synchronized (written) {
                return List.copyOf(written);
            }
        }
    }

    /** Empty when the application did not say that it has written the note. */
    private static Optional<String> write(ExampleProgram application, String note) {
        try {
            return Optional.of(application.post("/notes/" + note));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> notes(ExampleProgram application) throws Exception {
        return words(application.get("/notes"));
    }

    /** The members of a list of JSON. */
    private static List<String> words(String json) {
        return WORD.matcher(json).results().map(match -> match.group()).toList();
    }

    private static ExampleProgram start(Jdk jdk, List<String> options, String... arguments) throws IOException {
        var all = new ArrayList<>(List.of("--server.port=%port", "--spring.datasource.url=" + database.url()));
        all.addAll(List.of(arguments));
        return ExampleProgram.start(jdk, options, all);
    }
}
