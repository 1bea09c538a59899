package dev.checkpointer.cli;

import dev.checkpointer.RestoreContext;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Says what it is told at a restore. */
public final class TellingProgram implements Resource {
    private TellingProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        var program = new TellingProgram();
        Core.getGlobalContext().register(program);
        System.out.println("cold");
        Thread.sleep(600_000);
        System.out.println(program);
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {}

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        var restore = RestoreContext.current().orElseThrow();
        System.out.println(String.join(
                " | ",
                "told",
                System.getProperty("colour"),
                restore.environment().get("SIZE"),
                restore.arguments().toString(),
                restore.instance().toString(),
                restore.image().toString()));
    }
}
