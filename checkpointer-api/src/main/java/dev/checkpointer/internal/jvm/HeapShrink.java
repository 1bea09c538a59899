package dev.checkpointer.internal.jvm;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Makes the heap as small as its live objects, so that less goes into the image: with both free ratios at zero a garbage
 * collection gives the rest back to the system. {@link #undo()} sets the ratios as they were. What the C library keeps of
 * freed native memory, mostly the compilers' of the start, is given back, too.
 */
final class HeapShrink {
    private static final String MINIMUM = "MinHeapFreeRatio";
    private static final String MAXIMUM = "MaxHeapFreeRatio";

    private static final long RETURN_MILLIS = 100;

    private final HotSpotDiagnosticMXBean jvm;
    private final String minimum;
    private final String maximum;

    private HeapShrink(HotSpotDiagnosticMXBean jvm, String minimum, String maximum) {
        this.jvm = jvm;
        this.minimum = minimum;
        this.maximum = maximum;
    }

    /** Asks for what will be set, and changes nothing. */
    static void rehearse() throws JMException {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).getVMOption(MINIMUM);
        command("vmVersion");
    }

    /** Shrinks now. A JVM without these options only collects its garbage. */
    static Runnable shrink() {
        Runnable undo = () -> {};
        try {
            var jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            var shrink = new HeapShrink(
                    jvm,
                    jvm.getVMOption(MINIMUM).getValue(),
                    jvm.getVMOption(MAXIMUM).getValue());
            undo = shrink::undo;
            jvm.setVMOption(MINIMUM, "0"); // the minimum first, it may not be above the maximum
            jvm.setVMOption(MAXIMUM, "0");
        } catch (LinkageError | IllegalArgumentException | NullPointerException e) {
            log(System.Logger.Level.DEBUG, "the heap's free ratios cannot be set", e);
        }
        var before = MemorySizes.now();
        System.gc();
        awaitReturn(before);
        trimNativeHeap();
        return undo;
    }

    /** G1 gives memory back on a thread of its own, after the collection. */
    private static void awaitReturn(MemorySizes before) {
        long given = before.heap() - Runtime.getRuntime().totalMemory();
        long target = before.resident() - given / 4 * 3; // not all of it need have been in use
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RETURN_MILLIS);
        while (given > 0 && MemorySizes.now().resident() > target && System.nanoTime() < end) {
            try {
                TimeUnit.MILLISECONDS.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Not every JVM has the command. */
    private static void trimNativeHeap() {
        try {
            command("systemTrimNativeHeap");
        } catch (LinkageError | JMException | RuntimeException e) {
            log(System.Logger.Level.DEBUG, "the native heap cannot be trimmed", e);
        }
    }

    private static void log(System.Logger.Level level, String message, Throwable cause) {
        System.getLogger(HeapShrink.class.getName()).log(level, message, cause);
    }

    private static void command(String name) throws JMException {
        var commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        ManagementFactory.getPlatformMBeanServer().invoke(commands, name, new Object[0], new String[0]);
    }

    /** Runs after the dump, whose outcome must not hang on it. */
    private void undo() {
        try {
            jvm.setVMOption(MAXIMUM, maximum);
            jvm.setVMOption(MINIMUM, minimum);
        } catch (RuntimeException e) {
            log(System.Logger.Level.WARNING, "the heap's free ratios stay at zero", e);
        }
    }
}
