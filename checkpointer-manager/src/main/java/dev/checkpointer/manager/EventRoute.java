package dev.checkpointer.manager;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.checkpointer.manager.Events.Event;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Events as the browsers' {@code EventSource} reads them. Who reads too slowly is cut off, and asks anew. */
final class EventRoute {
    private static final int WAITING = 2000;
    private static final long BREATH_SECONDS = 10;
    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Events events;

    EventRoute(Events events) {
        this.events = events;
    }

    Answer answer(Call call) throws ManagerException {
        long after;
        try {
            after = Long.parseLong(
                    call.header("Last-Event-ID").or(() -> call.query("after")).orElse("0"));
        } catch (NumberFormatException e) {
            throw Fields.invalid("\"after\" is the number of an event");
        }
        return new Answer(200, "text/event-stream", output -> write(after, output));
    }

    private void write(long after, OutputStream output) throws IOException {
        BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(WAITING);
        var lost = new AtomicBoolean();
        var end = events.listen(after, event -> {
            if (!waiting.offer(event)) {
                lost.set(true);
            }
        });
        try {
            output.write(COMMENT); // a client waits for the beginning of its answer, whether anything happens or not
            output.flush();
            while (!lost.get()) {
                var event = waiting.poll(BREATH_SECONDS, TimeUnit.SECONDS);
                output.write(event == null ? COMMENT : text(event).getBytes(StandardCharsets.UTF_8));
                if (waiting.isEmpty()) {
                    output.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end.run();
        }
    }

    private static String text(Event event) throws IOException {
        return "id: " + event.number() + "\nevent: " + event.type() + "\ndata: " + JSON.std.asString(event.document())
                + "\n\n";
    }
}
