package dev.penstock.server.fast;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.FixedLane;
import dev.penstock.core.batching.Lane;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.VersionRows;
import java.util.ArrayList;
import java.util.List;

/// One version with a lane of its own, as the fast door sees it. Thread-safe, never blocks.
final class RoutedModel implements FastModel {
    private final VersionRows version;
    private final Signature signature;
    private final ServingObserver observer;
    private final Layout layout;
    private final Lane lane;

    RoutedModel(VersionHandle handle, FixedLane fixed, ServingObserver observer, NanoClock clock) {
        this.version = new VersionRows(handle, fixed, observer, clock);
        this.signature = rows(handle.signature(), fixed);
        this.observer = observer;
        this.layout = Layout.of(this);
        this.lane = fixed.lane();
    }

    /// What callers must send, with dimension 0 as the rows even where the configuration does not say so.
    private static Signature rows(Signature asked, FixedLane fixed) {
        BatchModel model = fixed.model();
        List<TensorSpec> outputs = new ArrayList<>();
        List<TensorSpec> specs = model.signature().outputs();
        for (int i = 0; i < specs.size(); i++) {
            long[] dims = new long[model.outputRowShape(i).rank() + 1];
            Shape row = model.outputRowShape(i);
            dims[0] = -1;
            for (int dim = 1; dim < dims.length; dim++) {
                dims[dim] = row.dim(dim - 1);
            }
            outputs.add(TensorSpec.of(specs.get(i).name(), specs.get(i).type(), dims));
        }
        int most = asked.maxBatchSize() > 0 ? asked.maxBatchSize() : fixed.maxRequestRows();
        return new Signature(asked.inputs(), outputs, Math.min(most, fixed.maxRequestRows()));
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
