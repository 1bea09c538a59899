package dev.checkpointer.examples.springboot;

import java.util.Map;
import org.crac.CheckpointException;
import org.crac.Core;
import org.crac.RestoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.stereotype.Component;

/**
 * {@code POST /actuator/checkpoint} asks for an image of the running application. Spring has itself registered with
 * {@code org.crac} and stops the web server before the image is written, which waits for this very request: so the
 * request does not wait for the image.
 */
@Component
@Endpoint(id = "checkpoint")
class CheckpointEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointEndpoint.class);

    @WriteOperation
    Map<String, String> checkpoint() {
        new Thread(CheckpointEndpoint::run, "checkpoint").start();
        return Map.of("checkpoint", "follows");
    }

    private static void run() {
        try {
            Core.checkpointRestore();
        } catch (CheckpointException | RestoreException | UnsupportedOperationException e) {
            LOG.error("no checkpoint, or not a whole restore", e);
        }
    }
}
