package dev.checkpointer.internal.trigger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTriggerTest {
    private final PrintStream usual = System.out;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream before = new PrintStream(written, true, StandardCharsets.UTF_8);

    @AfterEach
    void putBack() {
        System.setOut(usual);
    }

    private CompletableFuture<Boolean> watch(String text) {
        System.setOut(before);
        var trigger = OutputTrigger.install(text);
        return CompletableFuture.supplyAsync(() -> {
            try {
                return trigger.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"abab", "aabab", "abaabab", "x\nababx", "ababab"})
    void findsTheTextWhateverIsAroundIt(String output) throws Exception {
        var found = watch("abab");
        System.out.print(output);
        assertTrue(found.get(30, TimeUnit.SECONDS));
        assertEquals(output, written.toString(StandardCharsets.UTF_8));
    }

    @Test
    void findsATextThatComesInParts() throws Exception {
        var found = watch("ready 1 \u00e9\n");
        var captured = System.out;
        System.out.append("re").printf("%s", "ad");
        System.out.write('y');
        var other = new Thread(() -> System.out.print(' '));
        other.start();
        other.join();
        System.out.print(1);
        assertEquals(false, found.isDone());
        System.out.print(new char[] {' ', '\u00e9'});
        System.out.println();
        assertTrue(found.get(30, TimeUnit.SECONDS));
        assertSame(before, System.out, "the stream is put back");

        captured.print(" ready 1 \u00e9\n"); // whoever holds it writes on
        assertArrayEquals("ready 1 \u00e9\n ready 1 \u00e9\n".getBytes(StandardCharsets.UTF_8), written.toByteArray());
    }

    @Test
    void doesNotFindTheTextInPieces() {
        var found = watch("ready");
        System.out.print("rea");
        System.out.print("-dy readReady");
        assertEquals(false, found.isDone());
        assertNotSame(before, System.out);
    }
}
