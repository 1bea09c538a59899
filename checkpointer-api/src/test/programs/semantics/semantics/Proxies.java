package semantics;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Resources behind the proxy that {@code org.crac} makes, and behind one of the program's own that looks like it. */
final class Proxies {
    private Proxies() {}

    private static final class Asking implements Resource {
        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) {
            say("before", context);
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) {
            say("after", context);
        }

        private static void say(String when, Context<? extends Resource> context) {
            Main.say(when + (context == Core.getGlobalContext() ? " with org.crac's context" : " with " + context));
        }
    }

    /** Passes nothing on. */
    private static final class OwnHandler extends WeakReference<Resource> implements InvocationHandler {
        OwnHandler(Resource resource) {
            super(resource);
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            Main.say("own handler " + method.getName());
            return null;
        }
    }

    static void run() {
        var asking = new Asking();
        Core.getGlobalContext().register(asking);
        var unheard = new Speaker("unheard");
        javax.crac.Core.getGlobalContext().register((javax.crac.Resource) Proxy.newProxyInstance(
                Proxies.class.getClassLoader(), new Class<?>[] {javax.crac.Resource.class}, new OwnHandler(unheard)));
        Main.checkpoint();
        Reference.reachabilityFence(asking);
        Reference.reachabilityFence(unheard);
    }
}
