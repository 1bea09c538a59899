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
     * Starts the agent beside the program, which need not wait for it, unless it is to see all that the program writes
     * or opens. The options count at once, and so does what is changed of the program's classes.
     *
     * @param options settings, or null
     * @param instrumentation the JVM's
     */
    public static void premain(String options, Instrumentation instrumentation) {
        setProperties(options);
        CracManagement.install(instrumentation, null);
        if (watchesOutput() || tracksDescriptors()) {
            start(options, instrumentation, false);
            return;
        }
        var starter = new Thread("checkpointer-start") {
            @Override
            public void run() {
                Agent.start(options, instrumentation, false);
            }
        };
        starter.setDaemon(true);
        starter.start();
    }

    /**
     * Starts the agent in the running program. Where it was started before, nothing happens.
     *
     * @param options settings, or null
     * @param instrumentation the JVM's
     */
    public static void agentmain(String options, Instrumentation instrumentation) {
        start(options, instrumentation, true);
    }

    /** The program may ask for a checkpoint before the options are judged. Plain code, since it delays the program. */
    private static void setProperties(String options) {
        if (options == null) {
            return;
        }
        for (var option : options.split(",")) {
            int equals = option.indexOf('=');
            if (equals > 0) {
                System.setProperty("checkpointer.".concat(option.substring(0, equals)), option.substring(equals + 1));
            }
        }
    }

    private static boolean watchesOutput() {
        var trigger = System.getProperty("checkpointer.at", System.getenv("CHECKPOINTER_AT"));
        return trigger != null && trigger.startsWith("log:");
    }

    /** A policy file may have a rule for which descriptors have to be tracked. */
    static boolean tracksDescriptors() {
        var trace =
                System.getProperty("checkpointer.descriptors.trace", System.getenv("CHECKPOINTER_DESCRIPTORS_TRACE"));
        return "true".equals(trace)
                || System.getProperty("checkpointer.policies") != null
                || System.getenv("CHECKPOINTER_POLICIES") != null
                || System.getProperty("jdk.crac.resource-policies") != null;
    }

    /** Before the program there are no classes of its own to look for. */
    private static synchronized void start(String options, Instrumentation instrumentation, boolean running) {
        if (started) {
            return;
        }
        try {
            var program = running ? new ProgramClasses(instrumentation) : null;
            var loader = program == null ? Agent.class.getClassLoader() : program.loader();
            if (running) {
                CracManagement.install(instrumentation, loader);
            }
            Versions.compare(loader);
            Class.forName(Agent.class.getPackageName() + ".Control", true, loader)
                    .getMethod("start", String.class, boolean.class, Instrumentation.class)
                    .invoke(null, options, program == null || program.resourcesAreKnown(), instrumentation);
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
        // A linkage error may describe bytecode.
        var text = expected
                ? failure.getMessage()
                : failure.toString().lines().findFirst().orElse("");
        System.err.println("checkpointer agent: not started: " + text);
        if (!expected) {
            System.err.println("  The program goes on without it. Use the agent of the same version as the program's"
                    + " checkpointer, or report this");
        }
    }
}
