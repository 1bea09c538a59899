package dev.checkpointer.agent;

import dev.checkpointer.Checkpointer;
import dev.checkpointer.Setting;
import dev.checkpointer.SettingException;
import dev.checkpointer.Settings;
import java.lang.instrument.Instrumentation;
import javax.crac.Core;

/** Puts the agent together. Public for {@link Agent}, which may have another class loader. */
public final class Control {
    private Control() {}

    /**
     * Reads the options, opens the control socket and begins to wait for what the setting {@code checkpointer.at} names.
     *
     * @param options settings, or null
     * @param resourcesAreKnown false when the program's resources registered themselves with nobody
     * @param instrumentation the JVM's
     * @throws Exception when the agent cannot start
     */
    public static void start(String options, boolean resourcesAreKnown, Instrumentation instrumentation)
            throws Exception {
        AgentOptions.parse(options).forEach(System::setProperty);
        try {
            var socket = new ControlSocket(ControlDirectory.open());
            var checkpoints = new Checkpoints(socket);
            socket.serve(new Commands(checkpoints, resourcesAreKnown)::answer);
            Checkpointer.attend(new SelfDumps(socket));
            Clones.begin(instrumentation);
            if (Agent.tracksDescriptors()) {
                DescriptorTracking.begin(instrumentation);
            }
            Core.getGlobalContext(); // begins to wait for a trigger
        } catch (UnsupportedOperationException e) {
            tellOfTrigger(e);
        } catch (SettingException e) {
            throw new AgentException(e.getMessage(), "Correct the setting");
        }
        if (!resourcesAreKnown) {
            System.err.println("checkpointer agent: the program used org.crac before the agent came, so that its"
                    + " resources are not known and will not be notified");
            System.err.println("  Start the program with -javaagent, or with checkpointer on its class path");
        }
    }

    /** A JDK that implements CRaC itself has its own management bean, and notifies the resources itself. */
    private static void tellOfTrigger(UnsupportedOperationException refusal) {
        if (Settings.current().text(Setting.AT).isPresent()) {
            System.err.println("checkpointer agent: no trigger: " + refusal.getMessage());
        }
    }
}
