package dev.checkpointer.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Has one resource, which does what the file says whose name is the argument: throw, hang or exit at a notification. */
public final class ResourceProgram implements Resource {
    private final Path behaviour;

    private ResourceProgram(Path behaviour) {
        this.behaviour = behaviour;
    }

    public static void main(String[] arguments) throws Exception {
        var program = new ResourceProgram(Path.of(arguments[0]));
        Core.getGlobalContext().register(program);
        System.out.println("ready");
        while (!program.behaviour().equals("end")) {
            Thread.sleep(20);
        }
    }

    private String behaviour() throws Exception {
        return Files.exists(behaviour) ? Files.readString(behaviour) : "";
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) throws Exception {
        System.out.println("before");
        switch (behaviour()) {
            case "throw-before" -> throw new IllegalStateException("no dump\nnow", new Exception("the reason"));
            case "hang-before" -> Thread.sleep(600_000);
            case "exit-before" -> System.exit(7);
            default -> {}
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) throws Exception {
        System.out.println("after");
        if (behaviour().equals("throw-after")) {
            throw new IllegalStateException("cannot wake up");
        }
    }
}
