package dev.penstock.server.fast;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.FixedLane;
import dev.penstock.core.batching.Lane;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.VersionRows;

/// One version with a lane of its own, as the fast door sees it. Thread-safe, never blocks.
final class RoutedModel implements FastModel {
    private final VersionRows version;
    private final Signature signature;
    private final ServingObserver observer;
    private final Layout layout;
    private final Lane lane;

    RoutedModel(VersionHandle handle, FixedLane fixed, ServingObserver observer, NanoClock clock) {
        this.version = new VersionRows(handle, fixed, observer, clock);
        this.signature = LaneSignature.of(handle.signature(), fixed);
        this.observer = observer;
        this.layout = Layout.of(this);
        this.lane = fixed.lane();
    }

    @Override
    public ModelKey key() {
        return version.key();
    }

    @Override
    public Signature signature() {
        return signature;
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    @CheckReturnValue
    public Offer offer(FastCall call) {
        int priority = (int) Math.min(call.priority(), Integer.MAX_VALUE);
        Offer answer = version.offer(call, priority, call.loop());
        return switch (answer) {
            case TAKEN, CLOSED -> answer;
            case QUEUE_FULL -> {
                observer.finished(key(), ErrorCode.OVERLOADED, 0, 0, 0);
                restIfQueued(call);
                yield answer;
            }
            case TOO_MANY_BYTES ->
                refuse(
                        call,
                        ErrorCode.OVERLOADED,
                        "the requests that wait for the model hold as many bytes as they may");
            case EXPIRED -> refuse(call, ErrorCode.DEADLINE_EXCEEDED, "Request timeout expired");
            case TOO_LATE ->
                refuse(call, ErrorCode.OVERLOADED, "the queue is longer than the request's timeout allows");
            case TOO_MANY_ROWS -> refuse(call, ErrorCode.TOO_LARGE, "the request has more rows than the queue takes");
        };
    }

    private Offer refuse(FastCall call, ErrorCode code, String message) {
        observer.finished(key(), code, 0, 0, 0);
        if (code == ErrorCode.OVERLOADED) {
            restIfQueued(call);
        }
        call.failed(code, message);
        return Offer.TAKEN;
    }

    /// A model that nobody waits for is refused too, by a timeout shorter than its run: then no worker is
    /// disturbed.
    private void restIfQueued(FastCall call) {
        if (lane.queuedRows() > 0) {
            call.refusals().refused();
        }
    }
}
