/**
 * The Java agent: a control socket through which a program is checkpointed from outside. Started by
 * {@link dev.checkpointer.agent.Agent}; the protocol is described in {@code docs/agent-protocol.md}.
 */
package dev.checkpointer.agent;
