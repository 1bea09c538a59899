package dev.checkpointer.examples.springboot;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** State that tells one start of the application from another. */
@RestController
class StateController {
    private static final Logger LOG = LoggerFactory.getLogger(StateController.class);

    private final String value = UUID.randomUUID().toString();
    private final AtomicInteger count = new AtomicInteger();

    StateController() {
        LOG.info("value {}", value);
    }

    /** Drawn when the application started. */
    @GetMapping("/value")
    String value() {
        return value;
    }

    /** Goes on with every request. */
    @PostMapping("/count")
    int count() {
        return count.incrementAndGet();
    }
}
