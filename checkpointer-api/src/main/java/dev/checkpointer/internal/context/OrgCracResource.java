package dev.checkpointer.internal.context;

import javax.crac.Context;
import javax.crac.Resource;

/**
 * Notifies a resource of {@code org.crac} as the proxy does that {@code org.crac} registers for it, without the proxy's
 * reflection, which takes longer than what most resources do.
 */
record OrgCracResource(org.crac.Resource resource) implements Resource {
    /** Whether a proxy's handler is the one of that {@code org.crac} which this class is linked to. */
    static boolean isBehind(Object handler) {
        var type = handler.getClass();
        return type.getName().equals("org.crac.Core$ResourceWrapper")
                && type.getClassLoader() == OrgCracResource.class.getClassLoader();
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
        resource.beforeCheckpoint(org.crac.Core.getGlobalContext());
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws Exception {
        resource.afterRestore(org.crac.Core.getGlobalContext());
    }
}
