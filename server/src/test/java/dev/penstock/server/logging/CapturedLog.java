package dev.penstock.server.logging;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What a logger, and those below it, say while this is open. Thread-safe.
public final class CapturedLog implements AutoCloseable {
    /// Held, or it would be forgotten.
    private final Logger logger;

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            records.add(logged);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /// @param name of the logger, "" for all
    public CapturedLog(String name) {
        logger = Logger.getLogger(name);
        logger.addHandler(handler);
    }

    public static CapturedLog of(Class<?> type) {
        return new CapturedLog(type.getName());
    }

    public List<LogRecord> records() {
        return records;
    }

    /// As they were given, without what is filled in.
    public List<String> messages() {
        return records.stream()
                .map(logged -> String.valueOf(logged.getMessage()))
                .toList();
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
