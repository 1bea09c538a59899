package dev.checkpointer.examples.quarkus;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Says hello, and how often it has. */
@Path("/")
public class HelloResource {
    private static final AtomicInteger VISITS = new AtomicInteger();

    @GET
    public String hello() {
        return "hello " + VISITS.incrementAndGet();
    }
}
