package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointerMXBean;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;

/** Registers the management bean. The module java.management may be missing, so only {@link #register} is called from outside. */
final class Management {
    private Management() {}

    /** Registers the bean when the platform's server is there already: to make one takes a tenth of a second. */
    static void registerIfCheap() {
        attempt(true);
    }

    /** Registers the bean in any case. */
    static void register() {
        attempt(false);
    }

    private static void attempt(boolean onlyIfCheap) {
        try {
            Server.register(onlyIfCheap);
        } catch (Exception | LinkageError e) { // to name JMException would link to the module
            System.getLogger("dev.checkpointer").log(System.Logger.Level.DEBUG, "no management bean", e);
        }
    }

    /** Links to java.management. */
    private static final class Server {
        static synchronized void register(boolean onlyIfCheap) throws JMException {
            if (onlyIfCheap && MBeanServerFactory.findMBeanServer(null).isEmpty()) {
                return;
            }
            var server = ManagementFactory.getPlatformMBeanServer();
            var name = new ObjectName(CheckpointerMXBean.NAME);
            if (!server.isRegistered(name)) {
                server.registerMBean(History.INSTANCE, name);
            }
        }
    }
}
