package dev.checkpointer.internal.context;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.crac.CheckpointException;
import javax.crac.Context;
import javax.crac.Resource;
import javax.crac.RestoreException;

/**
 * Notifies resources against the order of their registration before a checkpoint, and in that order after a restore.
 * Resources are held weakly, and strongly between the two notifications. They are compared by identity alone: a resource
 * may be a proxy that passes {@code equals} and {@code hashCode} on to an object that is gone.
 */
public final class OrderedContext extends Context<Resource> {
    private static final int FIRST_CLEANUP = 64;

    private final Object lock = new Object();
    private final List<Registration> resources = new ArrayList<>();
    private final List<Resource> attendants = new ArrayList<>();
    private final Runnable whenUsed;
    private int cleanupSize = FIRST_CLEANUP;
    private boolean used;

    /** Those of the round that is under way, in the order of registration. A round is ended by any thread, once. */
    private volatile List<Resource> notified = List.of();

    /**
     * A context without resources.
     *
     * @param whenUsed runs once, before the first resource is registered
     */
    public OrderedContext(Runnable whenUsed) {
        this.whenUsed = whenUsed;
    }

    @Override
    public void register(Resource resource) {
        Objects.requireNonNull(resource, "resource");
        synchronized (lock) {
            if (!used) {
                used = true;
                whenUsed.run();
            }
            if (resources.size() >= cleanupSize) {
                resources.removeIf(Registration::gone);
                cleanupSize = Math.max(FIRST_CLEANUP, 2 * resources.size());
            }
            resources.add(Registration.of(resource));
        }
    }

    /**
     * Registers a resource that is not the program's: it hears last before a dump and first after it, does not count as use
     * and is not named.
     */
    public void attend(Resource resource) {
        synchronized (lock) {
            resources.add(0, Registration.of(resource));
            attendants.add(resource);
        }
    }

    /** The classes of the resources that are not the program's. */
    public List<Class<?>> company() {
        synchronized (lock) {
            return attendants.stream().<Class<?>>map(Object::getClass).toList();
        }
    }

    /** The classes of the resources, in the order of registration. */
    public List<String> names() {
        synchronized (lock) {
            return resources.stream()
                    .map(registration -> registration.target().get())
                    .filter(target -> target != null && !attendants.contains(target))
                    .map(target -> target.getClass().getName())
                    .toList();
        }
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws CheckpointException {
        Registration[] all;
        synchronized (lock) {
            all = resources.toArray(new Registration[0]);
        }
        var round = new ArrayList<Resource>(all.length);
        var failures = new ArrayList<Throwable>();
        for (int i = all.length - 1; i >= 0; i--) {
            before(all[i], round, failures);
        }
        notified = round;
        if (!failures.isEmpty()) {
            var exception = new CheckpointException(failures.size() + " failure(s) in beforeCheckpoint");
            failures.forEach(exception::addSuppressed);
            throw exception;
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws RestoreException {
        var round = notified;
        notified = List.of();
        var failures = new ArrayList<Throwable>();
        for (int i = round.size() - 1; i >= 0; i--) {
            after(round.get(i), failures);
        }
        if (!failures.isEmpty()) {
            var exception = new RestoreException(failures.size() + " failure(s) in afterRestore");
            failures.forEach(exception::addSuppressed);
            throw exception;
        }
    }

    /**
     * One resource, which belongs to the round from now on. A method of its own, like {@link #after}, since the JVM compiles
     * what is called often much sooner than the loop that calls it.
     */
    private void before(Registration registration, List<Resource> round, List<Throwable> failures) {
        var resource = registration.resource();
        if (resource == null) {
            return;
        }
        round.add(resource);
        try {
            resource.beforeCheckpoint(this);
        } catch (Throwable e) {
            flatten(e, failures);
        }
    }

    private void after(Resource resource, List<Throwable> failures) {
        try {
            resource.afterRestore(this);
        } catch (Throwable e) {
            flatten(e, failures);
        }
    }

    /**
     * A resource while nobody else may hold it. {@code org.crac} registers proxies whose handler is a weak reference to the
     * user's resource, and holds them in a map that takes two resources for one when they are equal: it would lose the
     * proxy of the first. So a proxy of that kind is held strongly until its resource is gone.
     *
     * @param target what is alive as long as the resource is
     * @param proxy the proxy, or null when the target is the resource itself
     * @param direct whether the target can be called as well as the proxy
     */
    private record Registration(Reference<?> target, Resource proxy, boolean direct) {
        static Registration of(Resource resource) {
            return Proxy.isProxyClass(resource.getClass())
                            && Proxy.getInvocationHandler(resource) instanceof WeakReference<?> handler
                    ? new Registration(handler, resource, OrgCracResource.isBehind(handler))
                    : new Registration(new WeakReference<>(resource), null, false);
        }

        boolean gone() {
            return target.refersTo(null);
        }

        Resource resource() {
            var alive = target.get();
            if (alive == null || proxy == null) {
                return (Resource) alive;
            }
            return direct ? new OrgCracResource((org.crac.Resource) alive) : proxy;
        }
    }

    /**
     * A context inside a context wraps the failures of its resources; only those failures count. An interruption is kept
     * for the thread.
     */
    private static void flatten(Throwable failure, List<Throwable> failures) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        boolean wrapper = failure instanceof CheckpointException
                || failure instanceof RestoreException
                || failure instanceof org.crac.CheckpointException
                || failure instanceof org.crac.RestoreException;
        if (wrapper && failure.getSuppressed().length > 0) {
            Arrays.stream(failure.getSuppressed()).forEach(inner -> flatten(inner, failures));
        } else {
            failures.add(failure);
        }
    }
}
