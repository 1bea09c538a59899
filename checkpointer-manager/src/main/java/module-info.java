/** The manager: a daemon that keeps programs as services, and their images. */
module dev.checkpointer.manager {
    requires com.fasterxml.jackson.jr.ob;
    requires com.sun.jna;
    requires jdk.net;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.unixdomain.server;
    requires org.eclipse.jetty.util;

    exports dev.checkpointer.manager;
}
