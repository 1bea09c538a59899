package dev.checkpointer.manager;

import java.time.Duration;

/**
 * What clients may ask of a daemon before it cuts them off. Each request has a thread of its own, so that no
 * others of them wait for a slow one.
 *
 * @param connections how many there are at once; a further one takes the place of one on which nothing is asked
 * @param idle how long a connection may take until a request has begun, or may let the daemon wait to write
 * @param body how long a JSON body may take
 */
record Bounds(int connections, Duration idle, Duration body) {
    static final Bounds USUAL = new Bounds(128, Duration.ofSeconds(30), Duration.ofSeconds(30));
}
