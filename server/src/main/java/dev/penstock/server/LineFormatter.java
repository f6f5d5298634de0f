package dev.penstock.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/// `2026-01-31T12:00:00.123Z INFO Registry: loaded digits/2`, and a stack trace below if there is one.
final class LineFormatter extends Formatter {
    private static final int MILLIS_WIDTH = "2026-01-31T12:00:00.123".length();

    @Override
    public String format(LogRecord logged) {
        StringBuilder line = new StringBuilder(120);
        line.append(time(logged)).append("Z ").append(level(logged.getLevel())).append(' ');
        line.append(shortName(logged.getLoggerName())).append(": ");
        line.append(formatMessage(logged).strip().replace("\n", "\n    ")).append('\n');
        if (logged.getThrown() != null) {
            StringWriter trace = new StringWriter();
            logged.getThrown().printStackTrace(new PrintWriter(trace, true));
            line.append(trace);
        }
        return line.toString();
    }

    private static String time(LogRecord logged) {
        String text =
                logged.getInstant().truncatedTo(ChronoUnit.MILLIS).toString().replace("Z", "");
        return text.length() == MILLIS_WIDTH ? text : text + ".000";
    }

    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "WARNING";
        }
        if (level.intValue() >= Level.INFO.intValue()) {
            return "INFO";
        }
        return level.intValue() >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }

    private static String shortName(@Nullable String logger) {
        return logger == null ? "root" : logger.substring(logger.lastIndexOf('.') + 1);
    }
}
