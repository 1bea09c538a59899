package dev.checkpointer.manager;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What Prometheus collects, in its text format. */
final class Metrics {
    private final Services services;
    private final Images images;

    Metrics(Services services, Images images) {
        this.services = services;
        this.images = images;
    }

    Answer answer() {
        var list = services.list();
        var states = Arrays.stream(ServiceState.values())
                .map(state -> "checkpointer_services{state=\"" + state.text() + "\"} "
                        + list.stream()
                                .filter(service -> service.state() == state)
                                .count())
                .collect(Collectors.joining("\n"));
        var stored = images.list();
        return Answer.text("text/plain; version=0.0.4; charset=utf-8", """
                # HELP checkpointer_services Services by what they are doing.
                # TYPE checkpointer_services gauge
                %s
                # HELP checkpointer_images Finished images.
                # TYPE checkpointer_images gauge
                checkpointer_images %d
                # HELP checkpointer_image_bytes Bytes of all files of all images.
                # TYPE checkpointer_image_bytes gauge
                checkpointer_image_bytes %d
                """.formatted(
                        states,
                        stored.size(),
                        stored.stream().mapToLong(StoredImage::size).sum()));
    }
}
