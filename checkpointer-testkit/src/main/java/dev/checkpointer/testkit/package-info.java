/**
 * The engine contract. A backend's test class extends {@link dev.checkpointer.testkit.EngineContract} and names its
 * engine.
 */
package dev.checkpointer.testkit;
