package dev.checkpointer.internal.descriptor;

import java.util.function.Predicate;

/**
 * A rule of a policy file.
 *
 * @param place file and lines, for people
 * @param kind what it is about
 * @param action what it has done
 * @param warns whether it is logged that the action was taken
 * @param filter what else it asks of a descriptor of that kind
 */
record Policy(String place, DescriptorKind kind, PolicyAction action, boolean warns, Predicate<OpenDescriptor> filter) {
    /** What an open descriptor has to be asked for cannot always be known. */
    static final class UnknownPeer extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Throws {@link UnknownPeer} when nobody can tell. */
    boolean matches(OpenDescriptor open) {
        return (kind == DescriptorKind.DESCRIPTOR || kind == open.kind() || isNamedDevice(open)) && filter.test(open);
    }

    /** To the CRaC JDK a device that was opened by its name is a file. */
    private boolean isNamedDevice(OpenDescriptor open) {
        return kind == DescriptorKind.FILE && open.kind() == DescriptorKind.DEVICE;
    }
}
