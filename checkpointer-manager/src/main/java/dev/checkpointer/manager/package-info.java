/** Services and their images, kept by a daemon. */
package dev.checkpointer.manager;
