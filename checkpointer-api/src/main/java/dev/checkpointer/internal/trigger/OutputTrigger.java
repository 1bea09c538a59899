package dev.checkpointer.internal.trigger;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.concurrent.CountDownLatch;

/**
 * Waits for a text on {@code System.out}, whatever the writes and threads it comes from. What is written goes on to the
 * stream that was there before, which is put back afterwards.
 */
final class OutputTrigger extends PrintStream implements Trigger {
    private final PrintStream original;
    private final byte[] text;
    /** How much of the text may be repeated after a byte that does not fit (Knuth, Morris and Pratt). */
    private final int[] fallback;

    private final CountDownLatch seen = new CountDownLatch(1);
    private int matched;

    private OutputTrigger(PrintStream original, String text, Charset charset) {
        super(original, false, charset);
        this.original = original;
        this.text = text.getBytes(charset);
        fallback = fallback(this.text);
    }

    static OutputTrigger install(String text) {
        var trigger = new OutputTrigger(System.out, text, charset(System.out));
        System.setOut(trigger);
        return trigger;
    }

    /** The stream's own, which it tells from JDK 18 on. Before that, what the JDK itself takes. */
    private static Charset charset(PrintStream stream) {
        try {
            return (Charset) PrintStream.class.getMethod("charset").invoke(stream);
        } catch (ReflectiveOperationException e) {
            var name = System.getProperty("sun.stdout.encoding"); // there when it is a terminal
            return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
        }
    }

    private static int[] fallback(byte[] text) {
        var fallback = new int[text.length];
        int length = 0;
        for (int i = 1; i < text.length; i++) {
            while (length > 0 && text[i] != text[length]) {
                length = fallback[length - 1];
            }
            if (text[i] == text[length]) {
                length++;
            }
            fallback[i] = length;
        }
        return fallback;
    }

    @Override
    public boolean await() throws InterruptedException {
        seen.await();
        if (System.out == this) {
            System.setOut(original);
        }
        return true;
    }

    @Override
    public synchronized void write(int b) {
        original.write(b);
        look(new byte[] {(byte) b}, 0, 1);
    }

    /** All that is printed comes here, too. */
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        original.write(bytes, offset, length);
        look(bytes, offset, length);
    }

    private void look(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length && seen.getCount() > 0; i++) {
            while (matched > 0 && bytes[i] != text[matched]) {
                matched = fallback[matched - 1];
            }
            if (bytes[i] == text[matched]) {
                matched++;
            }
            if (matched == text.length) {
                seen.countDown();
            }
        }
    }

    @Override
    public void flush() {
        original.flush();
    }

    @Override
    public void close() {
        original.close();
    }

    @Override
    public boolean checkError() {
        return original.checkError();
    }
}
