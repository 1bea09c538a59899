package dev.checkpointer.internal.jvm;

import dev.checkpointer.CheckpointRequest;
import dev.checkpointer.Setting;
import dev.checkpointer.Settings;
import dev.checkpointer.internal.clones.CloneIdentity;
import java.util.concurrent.CompletableFuture;

/**
 * Does everything of a checkpoint that changes nothing, once, on a thread of its own, as soon as the program has a resource:
 * looks at engines, descriptors and memory, and has the engine make ready. A first checkpoint consists mostly of loading
 * classes otherwise. What fails here is not told: it fails again in the checkpoint, where somebody hears it.
 */
final class Rehearsal {
    private volatile CompletableFuture<Void> end = CompletableFuture.completedFuture(null);

    /** Begins, unless the settings forbid it. Called once. */
    void begin() {
        end = new CompletableFuture<>();
        var thread = new Thread(this::run, "checkpointer: rehearsal");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            if (Settings.current().flag(Setting.REHEARSE)) {
                rehearse();
            }
        } catch (Throwable e) {
            // Not even logged: the program may not have set up its logging yet.
        } finally {
            end.complete(null);
        }
    }

    private static void rehearse() throws Exception {
        var dump = Dump.plan(CheckpointRequest.builder().build());
        Management.register();
        dump.rehearse();
        CloneIdentity.prepare();
        HeapShrink.rehearse();
    }

    /** Waits for the end if it has begun: it opens files which are not the program's. */
    void await() {
        end.join();
    }
}
