package dev.checkpointer.agent;

/** The agent cannot start. The message is one line of error and one of remedy. */
final class AgentException extends Exception {
    private static final long serialVersionUID = 1L;

    AgentException(String error, String remedy) {
        super(error + System.lineSeparator() + "  The program goes on without it. " + remedy);
    }
}
