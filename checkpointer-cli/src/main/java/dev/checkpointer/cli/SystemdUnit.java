package dev.checkpointer.cli;

import dev.checkpointer.Setting;
import dev.checkpointer.manager.DaemonOptions;
import java.util.Optional;

/** The daemon as a unit of systemd (systemd.service(5)). */
final class SystemdUnit {
    private SystemdUnit() {}

    static String of(DaemonOptions options, long logLimit, Optional<String> http) {
        var command = new StringBuilder(quoted(options.checkpointer().toAbsolutePath()))
                .append(" daemon --foreground --log-limit ")
                .append(logLimit);
        http.ifPresent(address -> {
            command.append(" --http ").append(address);
            options.token().ifPresent(file -> command.append(" --token-file ").append(quoted(file)));
        });
        return """
                [Unit]
                Description=checkpointer, services and their images
                After=network.target

                [Service]
                Type=notify
                ExecStart=%s
                Environment=%s
                Environment=%s
                Environment=%s
                # The services go on when the daemon ends, and the next one finds them again.
                KillMode=process
                OOMPolicy=continue
                Restart=on-failure
                # For the services, too.
                LimitNOFILE=1048576
                TasksMax=infinity

                [Install]
                WantedBy=multi-user.target""".formatted(
                        command,
                        variable("JAVA_HOME", System.getProperty("java.home")),
                        variable(Setting.STATE.variable(), options.state()),
                        variable(Setting.SOCKET.variable(), options.socket()));
    }

    private static String variable(String name, Object value) {
        return quoted(name + "=" + value);
    }

    /** In its quotes a backslash and a percent sign stand for something else. */
    private static String quoted(Object value) {
        var text = value.toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%");
        return text.matches("[A-Za-z0-9_./=:%-]+") ? text : '"' + text + '"';
    }
}
