package dev.penstock.router.arms;

import dev.penstock.core.EnumCounters;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.PerThread;
import dev.penstock.monitor.feedback.Prediction;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Counts the requests of one [ArmKey]. Any thread counts and reads; counting blocks nobody and allocates
/// nothing but for the first request of a thread.
final class ArmLedger implements ArmObserver {
    /// Of units; the route has as many.
    static final int BUCKETS = 10_000;

    private static final long MINUTE_MILLIS = 60_000;

    /// A deadline that is shorter is the caller's own affair, as far as the guard goes.
    static final Duration PATIENCE = Duration.ofMillis(100);

    private final ArmKey key;
    private final boolean candidate;
    private final FirstSeen units;
    private final SubWindows windows;
    private final PredictionBins bins;
    private final AtomicLongArray predictions = new AtomicLongArray(PredictionBins.BINS);
    private final Circuit circuit;
    private final AtomicReference<@Nullable Circuit> usual;
    private final ArmPhases phases;
    private final TripListener listener;

    /// Buckets whose prediction was counted, each once. What a unit is predicted today is what it is predicted
    /// tomorrow, so that another count of it would be no other observation.
    private final SeenBits predicted = new SeenBits(BUCKETS);

    private final EnumCounters<ErrorCode> failures = new EnumCounters<>(ErrorCode.class);
    private final PerThread<ArmTotals> totals = new PerThread<>(owner -> new ArmTotals(owner, failures));
    private final Told told = new Told();

    /// Of answers that the arm gave before it had its present shares.
    private final Told late = new Told();
    private final LongAdder trips = new LongAdder();

    /// What was counted when it was armed last.
    private volatile OnceCounts before = OnceCounts.NONE;

    /// Since when its shares are what they are: what was predicted earlier is not of it.
    private volatile long begunMillis;

    /// Until when they were; what is said of an answer of that time is still of it.
    private volatile long endedMillis = Long.MAX_VALUE;

    /// @param candidate whether another arm can take its requests
    /// @param units of all arms of the route
    /// @param windows its own, or of all arms under its salt: a bucket that other shares give to another arm
    ///     is no other one
    /// @param bins of all arms of the rollout
    /// @param usual the default arm's circuit, if that is known
    /// @param history of this arm and target, whatever the epoch: its circuit and its phases are this one's
    ArmLedger(
            ArmKey key,
            boolean candidate,
            FirstSeen units,
            SubWindows windows,
            PredictionBins bins,
            AtomicReference<@Nullable Circuit> usual,
            ArmHistory history,
            TripListener listener) {
        this.key = key;
        this.candidate = candidate;
        this.units = units;
        this.windows = windows;
        this.bins = bins;
        this.usual = usual;
        this.circuit = history.circuit();
        this.phases = history.phases();
        this.listener = listener;
    }

    ArmKey key() {
        return key;
    }

    @Override
    public boolean tripped() {
        return candidate && circuit.takes();
    }

    /// Whether the guard found too many failures, whatever follows from that.
    boolean isFaulty() {
        return candidate && circuit.isOpen();
    }

    @Override
    public boolean wantsPrediction(int bucket) {
        return !predicted.has(bucket);
    }

    @Override
    public void predicted(int bucket, Prediction.Row row) {
        if (predicted.add(bucket)) {
            int bin = bins.of(row);
            if (bin != PredictionBins.NONE) {
                predictions.incrementAndGet(bin);
            }
        }
    }

    @Override
    public void ran(AssignmentReason reason, long pickedNanos, long attendedNanos, long startedNanos, long endedNanos) {
        if (reason.byChance()) {
            long queueNanos = Math.max(0, startedNanos - pickedNanos);
            long batchNanos = Math.clamp(startedNanos - attendedNanos, 0, queueNanos);
            phases.ran(queueNanos, batchNanos, endedNanos - startedNanos);
        }
    }

    @Override
    public void ended(AssignmentReason reason, int bucket, long hash2, @Nullable ErrorCode failure, long latencyNanos) {
        ArmTotals mine = totals.mine();
        mine.assigned(reason);
        if (failure == null) {
            mine.answered(reason, latencyNanos);
        } else {
            mine.failed(reason, failure);
        }
        if (reason.byChance()) {
            guard(bucket, failure, latencyNanos);
        }
        // Without a unit, each request is one.
        if (reason == AssignmentReason.HASH) {
            countOnce(mine, bucket, hash2, failure, latencyNanos);
        }
    }

    private void countOnce(ArmTotals mine, int bucket, long hash2, @Nullable ErrorCode failure, long latencyNanos) {
        if (units.add(hash2)) {
            mine.exposed();
        }
        SubWindows.Seen window = windows.now();
        boolean first = window.add(bucket);
        if (first) {
            mine.eligibleOnce();
        }
        if (failure != null) {
            failedOnce(mine, window, bucket, Ending.of(failure));
        } else if (first) {
            mine.answeredOnce(latencyNanos);
        }
    }

    private static void failedOnce(ArmTotals mine, SubWindows.Seen window, int bucket, Ending ending) {
        if (window.add(ending, bucket)) {
            mine.once(ending);
        }
    }

    /// Who sends requests to an arm by name may send what nobody can answer: only what chance sent is looked
    /// at.
    private void guard(int bucket, @Nullable ErrorCode failure, long latencyNanos) {
        if (failure == null) {
            circuit.succeeded();
        } else if (isBroken(failure, latencyNanos)) {
            failed(bucket, failure);
        }
    }

    private void failed(int bucket, ErrorCode failure) {
        if (!candidate) {
            circuit.failed();
        } else if (circuit.failed(bucket, usual.get())) {
            tell(Circuit.MOST_FAILURES + " requests failed one after another, the last by " + failure);
        }
    }

    /// A queue that is full for a while is no reason to take an arm's requests away at once, nor is a caller
    /// who does not wait.
    private static boolean isBroken(ErrorCode failure, long latencyNanos) {
        boolean impatient = failure == ErrorCode.DEADLINE_EXCEEDED && latencyNanos < PATIENCE.toNanos();
        return failure != ErrorCode.OVERLOADED && !impatient && Ending.of(failure) == Ending.FAILED;
    }

    void trip(String reason) {
        if (candidate && circuit.trip()) {
            tell(reason);
        }
    }

    private void tell(String reason) {
        trips.increment();
        circuit.because(reason);
        listener.tripped(key, reason);
    }

    SubWindows windows() {
        return windows;
    }

    /// Its shares are dealt, once more perhaps.
    void begins(long nowMillis) {
        begunMillis = nowMillis;
        endedMillis = Long.MAX_VALUE;
    }

    /// Others are dealt from now on.
    void ends(long nowMillis) {
        endedMillis = Math.min(endedMillis, nowMillis);
    }

    /// Whether its shares were dealt in that minute since 1970, or began or ended to be.
    boolean isOf(long minute) {
        return minute >= begunMillis / MINUTE_MILLIS && minute <= endedMillis / MINUTE_MILLIS;
    }

    /// What failed until now is held against it no more.
    void rearm() {
        before = ArmTotals.once(totals.all());
    }

    /// Since it was armed last.
    OnceCounts onceSince() {
        return ArmTotals.once(totals.all()).minus(before);
    }

    /// @param before whether it is of answers that the arm gave before it had its present shares
    Told told(boolean before) {
        return before ? late : told;
    }

    /// Up to now. Of what is being counted meanwhile, some may be in and some not.
    ArmCounts counts() {
        ArmCounts.Builder counts = ArmTotals.sum(totals.all());
        for (ErrorCode code : ErrorCode.values()) {
            if (failures.count(code) > 0) {
                counts.failures(code, failures.count(code));
            }
        }
        return counts.bins(bins())
                .rewards(told.rewards(), told.earned())
                .right(told.right())
                .late(late.rewards(), late.earned(), late.right())
                .clipped(told.clipped() + late.clipped())
                .trips(trips.sum())
                .build();
    }

    private long[] bins() {
        long[] counts = new long[PredictionBins.BINS];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = predictions.get(i);
        }
        return counts;
    }
}
