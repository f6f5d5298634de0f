package dev.penstock.server.monitoring;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// [Rounds] behind a lock: one looks or asks at a time. What the last look saw is there for who does not wait.
/// Thread-safe; waits for nothing but the lock.
final class LockedRounds {
    private final ReentrantLock lock = new ReentrantLock();
    private final Predicate<ModelKey> serving;

    @GuardedBy("lock")
    private final Rounds rounds;

    @GuardedBy("lock")
    private final HourSweep hours;

    private volatile List<Watched> watched = List.of();

    /// Those of drift, after the last look.
    private volatile List<Alert> active = List.of();

    /// @param serving whether a version may be asked for, loaded or not; answers at once
    LockedRounds(Rounds rounds, HourSweep hours, Predicate<ModelKey> serving) {
        this.rounds = rounds;
        this.hours = hours;
        this.serving = serving;
    }

    /// Looks at all versions once.
    ///
    /// @param atMillis since 1970; one before an earlier one counts as that
    void look(long atMillis) {
        lock.lock();
        try {
            boolean looked = rounds.look(atMillis);
            if (looked || watched.size() != rounds.size()) {
                watched = rounds.lastShown();
            }
            active = rounds.activeAlerts();
            hours.tick(rounds.nowMillis());
        } finally {
            lock.unlock();
        }
    }

    /// Every version as it was after the last look. Does not wait.
    List<Watched> lastShown() {
        return watched;
    }

    /// The active ones after the last look. Does not wait.
    List<Alert> activeAlerts() {
        return active;
    }

    /// One version now.
    ///
    /// @throws ServingException if it is not loaded, or nothing of it is monitored
    Watched shown(ModelKey key, long atMillis) {
        lock.lock();
        try {
            return rounds.shown(key, atMillis);
        } finally {
            lock.unlock();
        }
    }

    /// See [Rounds#evaluation].
    Evaluation evaluation(ModelKey key, @Nullable Duration length, @Nullable Baseline against, long atMillis) {
        lock.lock();
        try {
            return rounds.evaluation(key, length, against, atMillis);
        } finally {
            lock.unlock();
        }
    }

    /// The active ones, then some that are over, the last one first.
    List<Alert> alerts() {
        lock.lock();
        try {
            return rounds.alerts();
        } finally {
            lock.unlock();
        }
    }

    /// Whether a version is watched, or may be asked for.
    boolean isNeeded(ModelKey key) {
        lock.lock();
        try {
            return rounds.isWatched(key) || serving.test(key);
        } finally {
            lock.unlock();
        }
    }

    /// Has a version held against that from now on, if it is watched.
    void hold(ModelKey key, Baseline usual) {
        lock.lock();
        try {
            rounds.hold(key, usual);
        } finally {
            lock.unlock();
        }
    }

    /// The same unless it is already.
    void follow(ModelKey key, Baseline usual) {
        lock.lock();
        try {
            rounds.follow(key, usual);
        } finally {
            lock.unlock();
        }
    }

    /// Has other servers know what was counted here last; nothing while somebody looks who does not end.
    void leave() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            rounds.leave();
        } finally {
            lock.unlock();
        }
    }
}
