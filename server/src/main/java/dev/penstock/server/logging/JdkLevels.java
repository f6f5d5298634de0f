package dev.penstock.server.logging;

import dev.penstock.server.config.LogLevel;
import java.util.logging.Level;

/// Our levels in the JDK's words, and back.
public final class JdkLevels {
    private JdkLevels() {}

    public static Level of(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.SEVERE;
            case WARNING -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
            case TRACE -> Level.FINER;
        };
    }

    /// What a logger of that level writes.
    static LogLevel of(Level level) {
        LogLevel least = LogLevel.ERROR;
        for (LogLevel each : LogLevel.values()) {
            least = of(each).intValue() >= level.intValue() ? each : least;
        }
        return least;
    }
}
