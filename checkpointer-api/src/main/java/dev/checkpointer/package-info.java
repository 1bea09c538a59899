/**
 * What a program calls: {@link dev.checkpointer.Checkpointer} with its requests, the settings, and images. Everything
 * here is either immutable or says how it may be shared.
 */
package dev.checkpointer;
