package dev.checkpointer.agent;

import dev.checkpointer.SettingException;

/** Puts the agent together. Public for {@link Agent}, which may have another class loader. */
public final class Control {
    private Control() {}

    /**
     * Reads the options and opens the control socket.
     *
     * @param options settings, or null
     * @param resourcesAreKnown false when the program's resources registered themselves with nobody
     * @throws Exception when the agent cannot start
     */
    public static void start(String options, boolean resourcesAreKnown) throws Exception {
        AgentOptions.parse(options).forEach(System::setProperty);
        try {
            var socket = new ControlSocket(ControlDirectory.open());
            var checkpoints = new Checkpoints(socket);
            socket.serve(new Commands(checkpoints, resourcesAreKnown)::answer);
        } catch (SettingException e) {
            throw new AgentException(e.getMessage(), "Correct the setting");
        }
        if (!resourcesAreKnown) {
            System.err.println("checkpointer agent: the program used org.crac before the agent came, so that its"
                    + " resources are not known and will not be notified");
            System.err.println("  Start the program with -javaagent, or with checkpointer on its class path");
        }
    }
}
