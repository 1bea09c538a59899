package dev.checkpointer.manager;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What a service wrote: all that is kept in the newest file, or its end, and what comes, for who follows. */
final class LogRoute {
    private static final int BUFFER = 8192;
    private static final long POLL_MILLIS = 100;

    private final Services services;

    LogRoute(Services services) {
        this.services = services;
    }

    Answer answer(Call call) throws ManagerException {
        var service = services.find(call.path("id"));
        var stream = call.query("stream").orElse("out");
        if (!stream.equals("out") && !stream.equals("err")) {
            throw Fields.invalid("\"stream\" is out or err, not '" + stream + "'");
        }
        var file =
                stream.equals("out") ? service.logs().output() : service.logs().errors();
        long tail = tail(call.query("tail").orElse("-1"));
        boolean follow = call.flag("follow");
        return new Answer(
                200,
                "text/plain; charset=utf-8",
                output -> write(file, tail, () -> follow && !call.abandoned(), output));
    }

    private static long tail(String text) throws ManagerException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Fields.invalid("\"tail\" is a number of lines, not '" + text + "'");
        }
    }

    private static void write(File log, long tail, BooleanSupplier follow, OutputStream output) throws IOException {
        if (!log.exists()) {
            return;
        }
        try (var file = new RandomAccessFile(log, "r")) {
            file.seek(tail < 0 ? 0 : beginning(file, tail));
            var buffer = new byte[BUFFER];
            while (true) {
                int count = file.read(buffer);
                if (count > 0) {
                    output.write(buffer, 0, count);
                    continue;
                }
                output.flush();
                if (!follow.getAsBoolean()) {
                    return;
                }
                if (file.length() < file.getFilePointer()) {
                    file.seek(0); // it was rotated
                }
                sleep();
            }
        }
    }

    private static void sleep() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Where the last lines begin. */
    private static long beginning(RandomAccessFile file, long lines) throws IOException {
        long found = 0;
        for (long at = file.length() - 1; at >= 0; at--) {
            file.seek(at);
            if (file.read() == '\n' && at < file.length() - 1 && ++found == lines) {
                return at + 1;
            }
        }
        return lines == 0 ? file.length() : 0;
    }
}
