package dev.checkpointer.internal.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Checkpointer;
import dev.checkpointer.CheckpointerMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import javax.management.JMX;
import javax.management.ObjectName;
import org.crac.CheckpointException;
import org.junit.jupiter.api.Test;

/** What the management bean tells, with the engine that makes no images; the contract tells of real ones. */
class HistoryTest {
    private static CheckpointerMXBean bean() throws Exception {
        return JMX.newMXBeanProxy(
                ManagementFactory.getPlatformMBeanServer(),
                new ObjectName(CheckpointerMXBean.NAME),
                CheckpointerMXBean.class);
    }

    @Test
    void beanTellsWhatBecameOfCheckpoints() throws Exception {
        var request = CheckpointRequest.builder().engine("simulate").imageDirectory(Path.of("image"));
        Checkpointer.checkpoint(request.build());
        var bean = bean();
        long checkpoints = bean.getCheckpoints();
        assertTrue(checkpoints >= 1);
        assertEquals(checkpoints, Checkpointer.management().getCheckpoints());
        assertEquals("simulate", bean.getEngine());
        assertEquals("image", bean.getImage());
        assertEquals(0, bean.getRestores(), "nothing was restored, whatever the engine simulates");
        assertEquals(-1, bean.getRestoreTime());
        assertEquals(-1, bean.getUptimeSinceRestore());
        assertTrue(bean.getCheckpointTime() > 0);
        assertTrue(bean.getCheckpointDuration() >= 0);

        long failures = bean.getFailures();
        var nonsense = request.engine("nonsense").build();
        assertThrows(CheckpointException.class, () -> Checkpointer.checkpoint(nonsense));
        assertEquals(checkpoints, bean.getCheckpoints());
        assertEquals(failures + 1, bean.getFailures());
        assertTrue(bean.getLastError().contains("there is no engine 'nonsense'"), bean::getLastError);
    }
}
