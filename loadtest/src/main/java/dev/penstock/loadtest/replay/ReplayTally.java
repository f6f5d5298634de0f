package dev.penstock.loadtest.replay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Counts what comes of a replay. Thread-safe.
final class ReplayTally {
    /// What people read; the rest is counted.
    private static final int MOST_TOLD = 10;

    private final Object lock = new Object();

    @GuardedBy("lock")
    private long same;

    @GuardedBy("lock")
    private long different;

    @GuardedBy("lock")
    private long uncompared;

    @GuardedBy("lock")
    private long redactedOutputs;

    @GuardedBy("lock")
    private long failed;

    @GuardedBy("lock")
    private long unreachable;

    @GuardedBy("lock")
    private final Map<String, Long> skipped = new TreeMap<>();

    @GuardedBy("lock")
    private final Map<String, ReplayResult.Output> outputs = new TreeMap<>();

    @GuardedBy("lock")
    private final List<String> differences = new ArrayList<>();

    @GuardedBy("lock")
    private final List<String> failures = new ArrayList<>();

    /// An answer that is not to be compared.
    void answered() {
        synchronized (lock) {
            uncompared++;
        }
    }

    /// @param found one for each output that was compared; where there is none, nothing is known to be
    ///     the same
    void compared(Recording recording, List<AnswerDifference> found) {
        synchronized (lock) {
            redactedOutputs += recording.redactedOutputs();
            if (found.isEmpty()) {
                uncompared++;
                return;
            }
            boolean isSame = true;
            for (AnswerDifference one : found) {
                isSame &= one.isSame();
                outputs.merge(
                        one.output(),
                        new ReplayResult.Output(one.output(), 0, 0, 0, 0, 0, 0).with(one),
                        (known, _) -> known.with(one));
                if (!one.isSame() && differences.size() < MOST_TOLD) {
                    differences.add(recording.where() + ", id " + recording.id() + ": " + one.first());
                }
            }
            if (isSame) {
                same++;
            } else {
                different++;
            }
        }
    }

    void failed(Recording recording, String why, boolean nobody) {
        synchronized (lock) {
            failed++;
            unreachable += nobody ? 1 : 0;
            if (failures.size() < MOST_TOLD) {
                failures.add(recording.where() + ", id " + recording.id() + ": " + why);
            }
        }
    }

    /// A record that is none.
    void broken(String why) {
        synchronized (lock) {
            if (failures.size() < MOST_TOLD) {
                failures.add(why);
            }
        }
    }

    void skipped(String why) {
        synchronized (lock) {
            skipped.merge(why, 1L, Long::sum);
        }
    }

    ReplayResult result() {
        synchronized (lock) {
            long skips = skipped.values().stream().mapToLong(Long::longValue).sum();
            return new ReplayResult(
                    same + different + uncompared + failed,
                    same,
                    different,
                    uncompared,
                    redactedOutputs,
                    failed,
                    unreachable,
                    skips,
                    List.copyOf(outputs.values()),
                    differences,
                    failures,
                    skipped);
        }
    }
}
