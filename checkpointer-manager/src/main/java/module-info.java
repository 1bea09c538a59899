/** The manager: a daemon that keeps programs as services, and their images. */
// Commons Compress and Tink have no module descriptors, and the command is built later.
@SuppressWarnings({"requires-automatic", "module"})
module dev.checkpointer.manager {
    requires com.fasterxml.jackson.jr.ob;
    requires com.github.luben.zstd_jni;
    requires com.google.crypto.tink;
    requires com.sun.jna;
    requires dev.checkpointer;
    requires dev.checkpointer.criu;
    requires jdk.net;
    requires org.apache.commons.compress;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.unixdomain.server;
    requires org.eclipse.jetty.util;

    exports dev.checkpointer.manager;
    exports dev.checkpointer.manager.archive to
            dev.checkpointer.cli;
}
