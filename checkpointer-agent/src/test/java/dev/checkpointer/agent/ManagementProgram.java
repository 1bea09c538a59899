package dev.checkpointer.agent;

import dev.checkpointer.CheckpointerMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMX;
import javax.management.ObjectName;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.crac.management.CRaCMXBean;

/** Tells what org.crac's management bean says: the one of the program's start, and a fresh one. */
public final class ManagementProgram implements Resource {
    private final CRaCMXBean early = CRaCMXBean.getCRaCMXBean();

    private ManagementProgram() {}

    public static void main(String[] arguments) throws Exception {
        var program = new ManagementProgram();
        Core.getGlobalContext().register(program);
        program.tell("cold");
        var behaviour = Path.of(arguments[0]);
        while (!Files.exists(behaviour)) {
            Thread.sleep(20);
        }
        program.tell("asked");
        Thread.sleep(600_000);
    }

    private void tell(String when) throws Exception {
        var line = new StringBuilder(when);
        for (var bean : new CRaCMXBean[] {early, CRaCMXBean.getCRaCMXBean()}) {
            line.append(' ').append(bean.getUptimeSinceRestore()).append(' ').append(bean.getRestoreTime());
        }
        var server = ManagementFactory.getPlatformMBeanServer();
        var name = new ObjectName("dev.checkpointer:type=Checkpointer");
        if (server.isRegistered(name)) {
            var own = JMX.newMXBeanProxy(server, name, CheckpointerMXBean.class);
            line.append(' ').append(own.getUptimeSinceRestore()).append(' ').append(own.getRestoreTime());
        }
        System.out.println(line);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {}

    @Override
    public void afterRestore(Context<? extends Resource> context) throws Exception {
        tell("after");
    }
}
