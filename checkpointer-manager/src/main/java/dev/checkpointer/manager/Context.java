package dev.checkpointer.manager;

import java.util.concurrent.ScheduledExecutorService;

/** What all services share. */
record Context(
        Layout layout,
        Launcher launcher,
        ImageStore images,
        Events events,
        Watch watch,
        ScheduledExecutorService scheduler,
        DaemonOptions options) {}
