package dev.penstock.server;

import dev.penstock.server.config.LogLevel;
import dev.penstock.server.logging.JdkLevels;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The log of the process: one line a record, on standard error.
final class Logging {
    /// Held, because the JDK forgets the level of a logger that nobody holds.
    private static final List<Logger> QUIET = List.of(
            Logger.getLogger("io.netty"),
            Logger.getLogger("io.grpc"),
            Logger.getLogger("com.zaxxer.hikari"),
            Logger.getLogger("org.flywaydb"));

    private Logging() {}

    /// Writes records from that level on.
    static void start(LogLevel level) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        Handler handler = new ConsoleHandler();
        handler.setLevel(Level.ALL);
        handler.setFormatter(new LineFormatter());
        root.addHandler(handler);
        root.setLevel(JdkLevels.of(level));
        QUIET.forEach(logger -> logger.setLevel(level == LogLevel.ERROR ? Level.SEVERE : Level.WARNING));
    }
}
