/** The manager: a daemon that keeps programs as services, and their images. */
module dev.checkpointer.manager {
    requires com.fasterxml.jackson.jr.ob;
    requires com.sun.jna;
    requires dev.checkpointer;

    exports dev.checkpointer.manager;
}
