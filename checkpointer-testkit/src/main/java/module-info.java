/**
 * The contract that every engine passes, as an abstract JUnit class, with the programs that it checkpoints.
 */
module dev.checkpointer.testkit {
    requires java.management;
    requires jdk.management;
    requires transitive dev.checkpointer;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;

    exports dev.checkpointer.testkit;

    opens dev.checkpointer.testkit to
            org.junit.platform.commons;
}
