package dev.checkpointer.examples.postgresql;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Notes, which are rows of a table. */
@RestController
class NoteController {
    private final JdbcClient database;

    NoteController(JdbcClient database) {
        this.database = database;
    }

    /** Writes a note. The answer comes when it is in the database. */
    @PostMapping("/notes/{text}")
    String write(@PathVariable String text) {
        database.sql("insert into note (text) values (?)").param(text).update();
        return "written";
    }

    /** All notes in the order in which they were written. */
    @GetMapping("/notes")
    List<String> notes() {
        return database.sql("select text from note order by id")
                .query(String.class)
                .list();
    }

    /** The server's processes that serve this application's connections. */
    @GetMapping("/backends")
    List<Integer> backends() {
        return database.sql("select pid from pg_stat_activity where backend_type = 'client backend' order by pid")
                .query(Integer.class)
                .list();
    }
}
