package dev.penstock.server.logging;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.config.LogLevel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Changes the levels of loggers while the process runs, until a time or until the process ends. Thread-safe.
///
/// A logger's name is that of a class or a package of what logs; a level counts for all names below that have
/// none of their own. [#ROOT] is above all.
public final class LogLevels implements AutoCloseable {
    public static final String ROOT = "root";

    /// Who changes more has lost count.
    private static final int MAX_CHANGED = 256;

    private static final int MAX_NAME_CHARS = 256;

    private final InstantSource time;
    private final ReentrantLock lock = new ReentrantLock();

    /// The loggers that were changed, by name. Held, because the JDK forgets those that nobody holds.
    @GuardedBy("lock")
    private final Map<String, Change> changes = new HashMap<>();

    @GuardedBy("lock")
    private long numbers;

    @GuardedBy("lock")
    private @Nullable ScheduledThreadPoolExecutor ends;

    /// @param number of the change, so that the end of an earlier one ends nothing else
    /// @param before its own level, or null if it had none
    /// @param until when it gets that back, or null for never
    private record Change(
            long number,
            Logger logger,
            @Nullable Level before,
            @Nullable Instant until,
            @Nullable ScheduledFuture<?> end) {}

    /// What a logger writes.
    ///
    /// @param own the level of that name itself, or null if it has that of a name above
    /// @param effective what counts
    /// @param until when it changes back, or null
    public record Shown(
            String logger,
            @Nullable LogLevel own,
            LogLevel effective,
            @Nullable Instant until) {}

    public LogLevels(InstantSource time) {
        this.time = time;
    }

    /// @param name of a logger, whether there is one yet or not
    /// @throws ServingException if it cannot be one's name
    public Shown get(String name) {
        check(name);
        lock.lock();
        try {
            return shown(name);
        } finally {
            lock.unlock();
        }
    }

    /// Gives a logger a level.
    ///
    /// @param level null for that of the name above, or for the root the one it had at the start
    /// @param howLong until it has the level that it had at the start again; null for ever
    /// @throws ServingException if the name cannot be a logger's, or too many are changed
    public Shown set(String name, @Nullable LogLevel level, @Nullable Duration howLong) {
        check(name);
        lock.lock();
        try {
            Change known = changes.remove(name);
            if (known != null && known.end() != null) {
                known.end().cancel(false);
            }
            if (changes.size() >= MAX_CHANGED) {
                throw new ServingException(
                        ErrorCode.OVERLOADED,
                        "%d loggers are changed (expected: fewer than %d)".formatted(changes.size(), MAX_CHANGED));
            }
            Logger logger = known == null ? Logger.getLogger(jdkName(name)) : known.logger();
            Level before = known == null ? logger.getLevel() : known.before();
            boolean back = level == null && name.equals(ROOT);
            if (!back) {
                numbers++;
                ScheduledFuture<?> end = howLong == null ? null : endAfter(name, numbers, howLong);
                Instant until = howLong == null ? null : time.instant().plus(howLong);
                changes.put(name, new Change(numbers, logger, before, until, end));
            }
            logger.setLevel(level != null ? JdkLevels.of(level) : back ? before : null);
            return shown(name);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private ScheduledFuture<?> endAfter(String name, long number, Duration howLong) {
        ScheduledThreadPoolExecutor timer = ends;
        if (timer == null) {
            timer = new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().name("log-levels").daemon(true).factory());
            timer.setRemoveOnCancelPolicy(true);
            ends = timer;
        }
        return timer.schedule(() -> restore(name, number), howLong.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// A change's time is over. It may have been replaced while this waited for the lock.
    void restore(String name, long number) {
        lock.lock();
        try {
            Change change = changes.get(name);
            if (change != null && change.number() == number) {
                changes.remove(name);
                change.logger().setLevel(change.before());
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private Shown shown(String name) {
        Level own = levelOf(jdkName(name));
        Change change = changes.get(name);
        return new Shown(
                name,
                own == null ? null : JdkLevels.of(own),
                JdkLevels.of(effective(jdkName(name))),
                change == null ? null : change.until());
    }

    private static Level effective(String name) {
        String at = name;
        Level level = levelOf(at);
        while (level == null && !at.isEmpty()) {
            at = at.substring(0, Math.max(0, at.lastIndexOf('.')));
            level = levelOf(at);
        }
        return level == null ? Level.INFO : level;
    }

    private static @Nullable Level levelOf(String name) {
        Logger logger = LogManager.getLogManager().getLogger(name);
        return logger == null ? null : logger.getLevel();
    }

    private static String jdkName(String name) {
        return name.equals(ROOT) ? "" : name;
    }

    private static void check(String name) {
        boolean fits = !name.isEmpty() && name.length() <= MAX_NAME_CHARS && name.matches("[\\w.$-]+");
        if (!fits) {
            throw ServingException.invalid(
                    "logger: a name of %d characters (expected: a class or a package, of at most %d, or root)"
                            .formatted(name.length(), MAX_NAME_CHARS));
        }
    }

    /// Gives all loggers back the levels that they had.
    @Override
    public void close() {
        lock.lock();
        try {
            changes.values().forEach(change -> change.logger().setLevel(change.before()));
            changes.clear();
            if (ends != null) {
                ends.shutdownNow();
            }
        } finally {
            lock.unlock();
        }
    }
}
