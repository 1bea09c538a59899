/**
 * What all engines on CRIU share. Everything here is immutable or without state.
 */
package dev.checkpointer.criu;
