package dev.checkpointer.internal.descriptor;

import java.util.List;

/** Who is to close a descriptor that stands in the way: in a JVM a resource can, any other program has nobody who is notified. */
enum Advice {
    /** The program can be notified. */
    NOTIFIED,
    /** It cannot. */
    UNNOTIFIED;

    /** For a process with those below it. */
    static Advice forProgram(List<DumpedProcess> processes) {
        return processes.get(0).isJvm() ? NOTIFIED : UNNOTIFIED;
    }

    String close() {
        return this == NOTIFIED ? "Close it in beforeCheckpoint" : "Have the program close it before";
    }

    /** With what it does afterwards. */
    String close(String opening) {
        return this == NOTIFIED ? close() + " and " + opening + " again in afterRestore" : close();
    }
}
