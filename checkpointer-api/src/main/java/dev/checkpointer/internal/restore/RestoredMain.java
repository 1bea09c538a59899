package dev.checkpointer.internal.restore;

import dev.checkpointer.RestoreContext;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import javax.crac.RestoreException;

/** The main method that the one who restored wants to be called with the arguments of the restore. */
public final class RestoredMain {
    private final String className;
    private final String[] arguments;

    private RestoredMain(String className, String[] arguments) {
        this.className = className;
        this.arguments = arguments;
    }

    /**
     * What the last restore asks for.
     *
     * @return empty when it names no class
     */
    public static Optional<RestoredMain> current() {
        return RestoreContext.current()
                .flatMap(context -> context.told()
                        .mainClass()
                        .map(name -> new RestoredMain(name, context.arguments().toArray(String[]::new))));
    }

    /**
     * Calls it, and returns when it has returned.
     *
     * @throws RestoreException with the cause suppressed: there is no such class or method, or it has thrown
     */
    public void call() throws RestoreException {
        try {
            var loader = Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                    .orElseGet(ClassLoader::getSystemClassLoader);
            var main = Class.forName(className, true, loader).getMethod("main", String[].class);
            main.setAccessible(true); // the class need not be public
            main.invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw failed(e.getCause());
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            throw failed(new IllegalStateException("cannot call " + className + ".main, as the restore asks", e));
        }
    }

    /** Calls it on a thread of its own, which keeps the program alive. What it throws is told by that thread. */
    public void start() {
        var thread = new Thread(
                () -> {
                    try {
                        call();
                    } catch (RestoreException e) {
                        var handler = Thread.currentThread().getUncaughtExceptionHandler();
                        handler.uncaughtException(Thread.currentThread(), e.getSuppressed()[0]);
                    }
                },
                "checkpointer: main of " + className);
        thread.setDaemon(false);
        thread.start();
    }

    private RestoreException failed(Throwable cause) {
        var exception = new RestoreException("the main method of " + className + " failed");
        exception.addSuppressed(cause);
        return exception;
    }
}
