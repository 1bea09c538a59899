package dev.checkpointer.internal.descriptor;

/** What rules tell apart. */
enum DescriptorKind {
    FILE,
    DEVICE,
    PIPE,
    SOCKET,
    /** In a rule: told by its number or by what {@code /proc} says of it. */
    DESCRIPTOR;

    static DescriptorKind of(Descriptor descriptor) {
        var target = descriptor.target();
        if (target.startsWith("socket:[")) {
            return SOCKET;
        }
        if (target.startsWith("pipe:[")) {
            return PIPE;
        }
        if (descriptor.isDevice()) {
            return DEVICE;
        }
        return target.startsWith("/") && !target.startsWith("/memfd:") ? FILE : DESCRIPTOR;
    }
}
