package dev.checkpointer;

/**
 * What became of the checkpoints of this JVM, for JMX: {@code dev.checkpointer:type=Checkpointer} on the platform's MBean
 * server. The bean is registered with the first use of checkpointer when that server is there, and otherwise before the
 * first checkpoint, since a server costs a program's start much time. An image keeps what was counted before it. Safe for
 * use by several threads.
 *
 * @since 0.1.0
 */
public interface CheckpointerMXBean {
    /** The bean's name. */
    String NAME = "dev.checkpointer:type=Checkpointer";

    /**
     * How many images of this process were made since it was started cold, those included from which it woke up.
     *
     * @return a number
     */
    long getCheckpoints();

    /**
     * How many checkpoints came to nothing.
     *
     * @return a number
     */
    long getFailures();

    /**
     * How many times this process woke up from an image.
     *
     * @return a number
     */
    long getRestores();

    /**
     * When the last checkpoint began.
     *
     * @return milliseconds since 1970, 0 when there was none
     */
    long getCheckpointTime();

    /**
     * How long the last checkpoint took in a process that went on afterwards, all notifications included.
     *
     * @return milliseconds, -1 when there was none
     */
    long getCheckpointDuration();

    /**
     * When the restore of this process began.
     *
     * @return milliseconds since 1970, -1 when it was started cold
     */
    long getRestoreTime();

    /**
     * How long ago the restore of this process began, by the kernel's clock of its processes, which counts hundredths of a
     * second.
     *
     * @return milliseconds, -1 when it was started cold
     */
    long getUptimeSinceRestore();

    /**
     * The engine that made the last image.
     *
     * @return its name, empty when there was none
     */
    String getEngine();

    /**
     * Where the last image is.
     *
     * @return a directory, empty when there was none
     */
    String getImage();

    /**
     * Why the last checkpoint that came to nothing did so.
     *
     * @return the messages of all causes, one a line, empty when there was none
     */
    String getLastError();

    /**
     * Makes an image. Without leave-running this process ends, and the caller loses its connection.
     *
     * @param directory where; empty for the setting {@code checkpointer.image}
     * @param leaveRunning whether this process goes on
     * @throws Exception when there is no image
     */
    void checkpoint(String directory, boolean leaveRunning) throws Exception;
}
