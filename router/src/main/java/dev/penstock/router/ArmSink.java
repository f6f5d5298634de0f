package dev.penstock.router;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Place;
import org.jspecify.annotations.Nullable;

/// Tells who observes an arm what became of one of its requests; and where the route says so, has a failed one
/// run again before its caller knows of it.
final class ArmSink implements ReplySink {
    private final BoundRoute route;
    private final long place;
    private final ReplySink sink;
    private final NanoClock clock;
    private final long arrivedNanos;
    private final @Nullable Again again;

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
            ReplySink sink,
            NanoClock clock,
            long arrivedNanos,
            @Nullable Again again) {
        this.route = route;
        this.place = place;
        this.sink = sink;
        this.clock = clock;
        this.arrivedNanos = arrivedNanos;
        this.again = again;
    }

    Assigned arm() {
        return route.assigned(place);
    }

    private void ended(@Nullable ErrorCode failure) {
        route.arm(place)
                .observer()
                .ended(
                        Place.reason(place),
                        Place.bucket(place),
                        Place.hash2(place),
                        failure,
                        clock.nanoTime() - arrivedNanos);
    }

    @Override
    public void assigned(Assigned arm) {
        sink.assigned(arm);
    }

    @Override
    public void resolved(ModelKey key) {
        sink.resolved(key);
    }

    @Override
    public void fits() {
        sink.fits();
    }

    @Override
    public void ran(int rows, long startedNanos, long endedNanos) {
        sink.ran(rows, startedNanos, endedNanos);
    }

    @Override
    public void reply(InferenceReply reply) {
        ended(null);
        sink.reply(reply);
    }

    @Override
    public void fail(ErrorCode code, String message) {
        ended(code);
        long other = again == null || sink.abandoned() ? BoundRoute.NOWHERE : route.afterFailure(place, code);
        if (again == null || other == BoundRoute.NOWHERE || !again.run(other)) {
            sink.fail(code, message);
        }
    }

    @Override
    public boolean abandoned() {
        return sink.abandoned();
    }

    @Override
    public @Nullable CharSequence header(String name) {
        return sink.header(name);
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        return sink.parameter(name);
    }
}
