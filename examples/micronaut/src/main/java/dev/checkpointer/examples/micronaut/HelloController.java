package dev.checkpointer.examples.micronaut;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.concurrent.atomic.AtomicInteger;

/** Says hello, and how often it has. */
@Controller
class HelloController {
    private final AtomicInteger visits = new AtomicInteger();

    @Get(produces = "text/plain")
    String hello() {
        return "hello " + visits.incrementAndGet();
    }
}
