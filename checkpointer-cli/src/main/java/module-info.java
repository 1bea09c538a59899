/** The command {@code checkpointer}. It is run, not called: nothing is exported. */
@SuppressWarnings("requires-automatic") // protobuf-java has no module descriptor
module dev.checkpointer.cli {
    requires java.logging;
    requires java.net.http;
    requires com.fasterxml.jackson.jr.ob;
    requires com.google.protobuf;
    requires dev.checkpointer;
    requires dev.checkpointer.criu;
    requires dev.checkpointer.manager;
    requires info.picocli;
    requires static jdk.attach; // not in every Java
    requires org.crac;
    requires org.eclipse.jetty.client;
    requires org.eclipse.jetty.io;

    opens dev.checkpointer.cli to
            info.picocli;
}
