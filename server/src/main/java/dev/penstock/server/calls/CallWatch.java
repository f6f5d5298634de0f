package dev.penstock.server.calls;

import dev.penstock.core.NanoClock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Decides which calls are traced, which are logged, and which arms are told of. Doors have none if nobody
/// wants to know, and else one [CallRecord] for each call. Thread-safe.
///
/// A trace is followed if its caller follows it; calls that begin one are taken by ratio. The log takes calls
/// by a ratio of its own, and those that fail by another. A call that nobody takes costs no reading of a
/// clock.
public final class CallWatch {
    private final NanoClock clock;
    private final Wanted traces;
    private final Wanted log;
    private final Ratio failures;
    private final Wanted exposures;
    private final RandomGenerator random;

    private static final Wanted NOBODY = new Wanted(null, Ratio.NONE);

    /// Of threads that begin calls and have one left over of which nobody wanted to know.
    @SuppressWarnings("ThreadLocalUsage") // Of a process, which has one of these.
    private final ThreadLocal<CallRecord> spare = ThreadLocal.withInitial(this::newRecord);

    /// Who wants calls, and how many of them.
    ///
    /// @param sink null for nobody
    private record Wanted(@Nullable CallSink sink, Ratio ratio) {
        private boolean takes(long chance) {
            return sink != null && ratio.takes(chance);
        }
    }

    /// Nobody yet: see [#traced] and [#logged].
    ///
    /// @param random any thread may draw from it
    public CallWatch(NanoClock clock, RandomGenerator random) {
        this(clock, random, NOBODY, NOBODY, Ratio.NONE, NOBODY);
    }

    private CallWatch(
            NanoClock clock, RandomGenerator random, Wanted traces, Wanted log, Ratio failures, Wanted exposures) {
        this.clock = clock;
        this.random = random;
        this.traces = traces;
        this.log = log;
        this.failures = failures;
        this.exposures = exposures;
    }

    /// The same with traces.
    ///
    /// @param ratio of the calls that begin a trace
    public CallWatch traced(CallSink sink, Ratio ratio) {
        return new CallWatch(clock, random, new Wanted(sink, ratio), log, failures, exposures);
    }

    /// The same with a log.
    ///
    /// @param ratio of all calls
    /// @param failedRatio of those of the others that fail
    public CallWatch logged(CallSink sink, Ratio ratio, Ratio failedRatio) {
        return new CallWatch(clock, random, traces, new Wanted(sink, ratio), failedRatio, exposures);
    }

    /// The same with a log of which arms of routes had which calls.
    ///
    /// @param ratio of all calls, of which those without an arm are not told
    public CallWatch exposed(CallSink sink, Ratio ratio) {
        return new CallWatch(clock, random, traces, log, failures, new Wanted(sink, ratio));
    }

    /// What a door keeps of one call at a time, or of one call.
    public CallRecord newRecord() {
        return new CallRecord(this);
    }

    /// The same, for a door that has none for each of its calls: the one that this thread would make next,
    /// until [#keep]. To be begun on this thread.
    public CallRecord next() {
        return spare.get();
    }

    /// That record goes on with its call; this thread takes another for the next one.
    public void keep() {
        spare.remove();
    }

    /// Whether somebody may want to know of a call that nobody took when it came.
    public boolean mayLogFailures() {
        return log.sink() != null && failures.share() > 0;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    long chance() {
        return random.nextLong();
    }

    boolean follows() {
        return traces.sink() != null;
    }

    boolean tracesRoot(long chance) {
        return traces.takes(chance);
    }

    boolean logs() {
        return log.sink() != null && log.takes(random.nextLong());
    }

    boolean exposes() {
        return exposures.sink() != null && exposures.takes(random.nextLong());
    }

    boolean logsFailure() {
        return log.sink() != null && failures.takes(random.nextLong());
    }

    void offer(FinishedCall call, boolean traced, boolean logged, boolean exposed) {
        CallSink tracing = traces.sink();
        CallSink logging = log.sink();
        if (traced && tracing != null) {
            tracing.offer(call);
        }
        if (logged && logging != null) {
            logging.offer(call);
        }
        CallSink exposing = exposures.sink();
        if (exposed && exposing != null) {
            exposing.offer(call);
        }
    }
}
