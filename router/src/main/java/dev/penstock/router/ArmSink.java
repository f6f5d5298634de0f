package dev.penstock.router;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ForwardingSink;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Place;
import org.jspecify.annotations.Nullable;

/// Tells who observes an arm what became of one of its requests; and where the route says so, has a failed one
/// run again before its caller knows of it.
final class ArmSink extends ForwardingSink {
    private final BoundRoute route;
    private final long place;
    private final ReplySink caller;
    private final InferenceRequest request;
    private final NanoClock clock;
    private final long arrivedNanos;
    private final @Nullable Again again;

    // Written before the outcome, by the thread that tells it.
    private boolean ran;
    private boolean batched;
    private long sinceNanos;
    private long startedNanos;
    private long endedNanos;

    /// Runs the request once more.
    @FunctionalInterface
    interface Again {
        /// @param place of the arm that is to run it
        /// @return false if there is no use in it; then nothing was done
        boolean run(long place);
    }

    /// @param again null if a failure is one
    ArmSink(
            BoundRoute route,
            long place,
            InferenceRequest request,
            ReplySink sink,
            NanoClock clock,
            long arrivedNanos,
            @Nullable Again again) {
        super(sink);
        this.caller = sink;
        this.request = request;
        this.route = route;
        this.place = place;
        this.clock = clock;
        this.arrivedNanos = arrivedNanos;
        this.again = again;
    }

    Assigned arm() {
        return route.assigned(place);
    }

    BoundRoute route() {
        return route;
    }

    long place() {
        return place;
    }

    /// Who waits for the answer, without a look at what becomes of the arm's request.
    ReplySink caller() {
        return caller;
    }

    private void ended(@Nullable ErrorCode failure) {
        long nowNanos = clock.nanoTime();
        ErrorCode outcome = seen(failure, nowNanos);
        ArmObserver observer = route.arm(place).observer();
        observer.ended(Place.reason(place), Place.bucket(place), Place.hash2(place), outcome, nowNanos - arrivedNanos);
        if (outcome == null && ran) {
            long attendedNanos = batched ? sinceNanos : startedNanos;
            observer.ran(Place.reason(place), arrivedNanos, attendedNanos, startedNanos, endedNanos);
        }
    }

    /// What the caller has of an outcome: an answer that comes after it left, or after its deadline, is none.
    private @Nullable ErrorCode seen(@Nullable ErrorCode outcome, long nowNanos) {
        boolean unseen = (outcome == null || outcome == ErrorCode.CANCELLED) && abandoned();
        if (!unseen) {
            return outcome;
        }
        return request.expired(nowNanos) ? ErrorCode.DEADLINE_EXCEEDED : ErrorCode.CANCELLED;
    }

    @Override
    public void batched(long since) {
        batched = true;
        sinceNanos = since;
        super.batched(since);
    }

    @Override
    public void ran(int rows, int runRows, long runStartedNanos, long runEndedNanos) {
        ran = true;
        startedNanos = runStartedNanos;
        endedNanos = runEndedNanos;
        super.ran(rows, runRows, runStartedNanos, runEndedNanos);
    }

    @Override
    public void reply(InferenceReply reply) {
        ended(null);
        super.reply(reply);
    }

    @Override
    public void fail(ErrorCode code, String message) {
        ended(code);
        long other = again == null || abandoned() ? BoundRoute.NOWHERE : route.afterFailure(place, code);
        if (again == null || other == BoundRoute.NOWHERE || !again.run(other)) {
            super.fail(code, message);
        }
    }
}
