/**
 * The service that backends implement, and the choice among them.
 */
package dev.checkpointer.engine;
