/** Images as single files, to carry them to another machine or to keep them. */
package dev.checkpointer.manager.archive;
