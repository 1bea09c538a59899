package dev.checkpointer.internal.jvm;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * Makes the heap as small as its live objects, so that less goes into the image: with both free ratios at zero a garbage
 * collection gives the rest back to the system. {@link #undo()} sets the ratios as they were.
 */
final class HeapShrink {
    private static final String MINIMUM = "MinHeapFreeRatio";
    private static final String MAXIMUM = "MaxHeapFreeRatio";

    private final HotSpotDiagnosticMXBean jvm;
    private final String minimum;
    private final String maximum;

    private HeapShrink(HotSpotDiagnosticMXBean jvm, String minimum, String maximum) {
        this.jvm = jvm;
        this.minimum = minimum;
        this.maximum = maximum;
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
            System.getLogger(HeapShrink.class.getName())
                    .log(System.Logger.Level.DEBUG, "the heap's free ratios cannot be set", e);
        }
        System.gc();
        return undo;
    }

    private void undo() {
        jvm.setVMOption(MAXIMUM, maximum);
        jvm.setVMOption(MINIMUM, minimum);
    }
}
