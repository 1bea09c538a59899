package dev.checkpointer.criu;

import dev.checkpointer.MachineDifference;

/**
 * Something that makes this machine unfit for an image.
 *
 * @param kind its kind, by which it can be ignored
 * @param what one clause
 * @param remedy what to do, one sentence without its full stop
 * @since 0.1.0
 */
public record Difference(MachineDifference kind, String what, String remedy) {}
