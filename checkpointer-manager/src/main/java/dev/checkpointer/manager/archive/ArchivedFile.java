package dev.checkpointer.manager.archive;

/**
 * A file of an image.
 *
 * @param name below the image directory
 * @param size in bytes
 * @param sha256 of its content, as 64 digits
 * @param mode that it had, as octal digits; an import gives every file its own
 */
record ArchivedFile(String name, long size, String sha256, String mode) {}
