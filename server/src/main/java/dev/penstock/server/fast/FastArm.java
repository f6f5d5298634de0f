package dev.penstock.server.fast;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Place;
import org.jspecify.annotations.Nullable;

/// An arm of a route, for calls that were sent there for one reason: answers to them say the same but for the
/// bucket. Thread-safe.
public final class FastArm {
    private static final int DIGITS = 4;

    private final BoundRoute route;
    private final Assigned example;

    /// @param place of one of those calls
    FastArm(BoundRoute route, long place) {
        this.route = route;
        this.example = route.assigned(place);
    }

    /// What the answer to a call says of it, all but the bucket of which is the same for all.
    public Assigned assigned(long place) {
        return route.assigned(place);
    }

    /// What answers to all such calls say, the bucket being that of one of them.
    public Assigned example() {
        return example;
    }

    /// Where the bucket's four digits begin in [Assigned#header], counted from its end.
    public int bucketFromEnd() {
        return example.reason().length() + ";r=".length() + DIGITS;
    }

    /// Writes a call's bucket over the one of [#example].
    ///
    /// @param at where its digits begin
    public static void writeBucket(long place, byte[] text, int at) {
        int rest = Place.bucket(place);
        for (int i = at + DIGITS - 1; i >= at; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /// A call has its outcome. Called once for each that was offered, by whoever carries it.
    ///
    /// @param nanos from when it was read to the outcome
    public void ended(long place, @Nullable ErrorCode failure, long nanos) {
        route.arm(place).observer().ended(Place.reason(place), Place.bucket(place), Place.hash2(place), failure, nanos);
    }

    /// A call was answered with what a run made. Called once for each, by whoever calls [#ended].
    ///
    /// @param readNanos when the call was read
    public void ran(long place, BatchOutputs outputs, long readNanos) {
        route.arm(place)
                .observer()
                .ran(
                        Place.reason(place),
                        readNanos,
                        outputs.attendedNanos(),
                        outputs.startedNanos(),
                        outputs.endedNanos());
    }
}
