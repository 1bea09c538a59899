package dev.checkpointer;

/**
 * How CRIU treats the control groups of a process (criu(8), {@code --manage-cgroups}).
 *
 * @since 0.1.0
 */
public enum CgroupMode {
    /** Leaves them alone. */
    IGNORE,
    /** Puts the process into its groups again, which have to exist. */
    NONE,
    /** As {@link #NONE}, and restores their properties. */
    PROPS,
    /** Makes the groups that do not exist and restores the properties of those. */
    SOFT,
    /** Makes the groups that do not exist and restores the properties of all. */
    FULL,
    /** Makes the groups, which must not exist, and restores their properties. */
    STRICT
}
