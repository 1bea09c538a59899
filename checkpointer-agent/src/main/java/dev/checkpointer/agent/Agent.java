package dev.checkpointer.agent;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;

/**
 * What the JVM calls: {@code -javaagent:checkpointer-agent.jar[=key=value,…]}, or an attach to the running program. The
 * options are settings without the prefix {@code checkpointer.}. A program whose agent cannot start goes on without it;
 * standard error says why.
 *
 * @since 0.1.0
 */
public final class Agent {
    private static boolean started;

    private Agent() {}

    /**
     * Starts the agent before the program.
     *
     * @param options settings, or null
     * @param instrumentation the JVM's
     */
    public static void premain(String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    /**
     * Starts the agent in the running program. Where it was started before, nothing happens.
     *
     * @param options settings, or null
     * @param instrumentation the JVM's
     */
    public static void agentmain(String options, Instrumentation instrumentation) {
        start(options, instrumentation);
    }

    private static synchronized void start(String options, Instrumentation instrumentation) {
        if (started) {
            return;
        }
        try {
            var program = new ProgramClasses(instrumentation);
            Class.forName(Agent.class.getPackageName() + ".Control", true, program.loader())
                    .getMethod("start", String.class, boolean.class)
                    .invoke(null, options, program.resourcesAreKnown());
            started = true;
        } catch (InvocationTargetException e) {
            tell(e.getCause());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            tell(e);
        }
    }

    /** One line of error, one of remedy. */
    private static void tell(Throwable failure) {
        // It may be the exception of another class loader.
        boolean expected = failure.getClass().getName().equals(AgentException.class.getName());
        System.err.println("checkpointer agent: not started: " + (expected ? failure.getMessage() : failure));
        if (!expected) {
            System.err.println("  The program goes on without it. Use the agent of the same version as the program's"
                    + " checkpointer, or report this");
        }
    }
}
