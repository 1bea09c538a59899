package dev.checkpointer.agent;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** One client. Reads lines, answers each one before it reads the next. */
final class Connection implements Closeable {
    private static final int LONGEST_LINE = 8192;

    private final SocketChannel channel;
    private final ByteBuffer input = ByteBuffer.allocate(LONGEST_LINE);
    private volatile boolean idle = true;

    Connection(SocketChannel channel) {
        this.channel = channel;
    }

    /** Whether it waits for its client. */
    boolean idle() {
        return idle;
    }

    /** Answers until the client has gone or this connection was closed. An unfinished last line is no command. */
    void serve(Function<String, Answer> commands) throws IOException {
        while (channel.isOpen()) {
            var line = nextLine();
            if (line == null) {
                if (input.hasRemaining()) {
                    return;
                }
                write(Answer.error("a line is longer than " + LONGEST_LINE + " bytes"));
                return;
            }
            if (!line.isBlank()) {
                idle = false;
                var answer = commands.apply(line);
                idle = true; // also while the client does not read
                write(answer);
            }
        }
    }

    /** Null at the end, and with a full buffer for a line that is too long. */
    private String nextLine() throws IOException {
        int from = 0;
        while (true) {
            for (int i = from; i < input.position(); i++) {
                if (input.get(i) == '\n') {
                    return take(i);
                }
            }
            from = input.position();
            if (!input.hasRemaining() || channel.read(input) < 0) {
                return null;
            }
        }
    }

    private String take(int length) {
        var line = new String(input.array(), 0, length, StandardCharsets.UTF_8);
        input.flip().position(length + 1);
        input.compact();
        return line.endsWith("\r") ? line.substring(0, length > 0 ? line.length() - 1 : 0) : line;
    }

    /** Nothing happens when it is closed already. */
    void write(Answer answer) throws IOException {
        var bytes = ByteBuffer.wrap(answer.text().getBytes(StandardCharsets.UTF_8));
        while (channel.isOpen() && bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(Connection.class.getName())
                    .log(System.Logger.Level.DEBUG, "a connection does not close", e);
        }
    }
}
