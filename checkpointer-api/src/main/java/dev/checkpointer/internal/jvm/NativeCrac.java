package dev.checkpointer.internal.jvm;

import dev.checkpointer.Setting;
import dev.checkpointer.Settings;

/** A JDK that implements CRaC itself is left alone. */
public final class NativeCrac {
    private static final String NAME = "jdk.crac";

    private NativeCrac() {}

    /**
     * Makes {@code org.crac} go on to the JDK's implementation where there is one.
     *
     * @throws UnsupportedOperationException when this JDK has one and the user does not insist on ours
     */
    public static void refuseUnlessForced() {
        if (present() && !Settings.current().flag(Setting.FORCE)) {
            throw new UnsupportedOperationException(
                    "this JDK implements CRaC itself; set checkpointer.force=true to use"
                            + " checkpointer all the same");
        }
    }

    /** CRaC builds have had the package in a module of this name and in java.base. */
    private static boolean present() {
        return ModuleLayer.boot().findModule(NAME).isPresent()
                || Object.class.getModule().getPackages().contains(NAME);
    }
}
