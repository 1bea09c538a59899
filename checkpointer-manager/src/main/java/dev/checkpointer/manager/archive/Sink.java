package dev.checkpointer.manager.archive;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Where an archive goes. When an export fails, the streams above have to be closed all the same, and would give the archive a proper
 * end; so nothing goes out from then on. Closing it only flushes what is below.
 */
final class Sink extends FilterOutputStream {
    private boolean abandoned;

    Sink(OutputStream out) {
        super(out);
    }

    void abandon() {
        abandoned = true;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!abandoned) {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                abandoned = true;
                throw e;
            }
        }
    }

    @Override
    public void flush() throws IOException {
        if (!abandoned) {
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}
