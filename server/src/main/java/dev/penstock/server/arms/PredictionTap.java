package dev.penstock.server.arms;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Place;
import dev.penstock.server.fast.CopiedRows;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastTap;
import dev.penstock.server.fast.ForwardedCall;
import dev.penstock.server.fast.Layout;

/// Has the answers of calls on the fast path of one route read. Thread-safe; allocates nothing for those
/// whose bucket was read before.
final class PredictionTap implements FastTap {
    private final Predictions predictions;
    private final BoundRoute route;

    PredictionTap(Predictions predictions, BoundRoute route) {
        this.predictions = predictions;
        this.route = route;
    }

    @Override
    public FastCall around(FastCall call, Layout layout) {
        long place = call.routed();
        ArmObserver observer = route.arm(place).observer();
        return Place.reason(place).byChance() && observer.wantsPrediction(Place.bucket(place))
                ? new Read(call, layout, observer, Place.bucket(place))
                : call;
    }

    private final class Read extends ForwardedCall {
        private final Layout layout;
        private final ArmObserver observer;
        private final int bucket;

        Read(FastCall call, Layout layout, ArmObserver observer, int bucket) {
            super(call);
            this.layout = layout;
            this.observer = observer;
            this.bucket = bucket;
        }

        @Override
        public void completed(BatchOutputs outputs, int firstRow) {
            // Another call may have told it meanwhile.
            if (observer.wantsPrediction(bucket)) {
                predictions.tell(
                        observer,
                        bucket,
                        layout.model.signature(),
                        layout.model.key(),
                        () -> new InferenceReply(layout.model.key(), CopiedRows.outputs(layout, 1, outputs, firstRow)));
            }
            super.completed(outputs, firstRow);
        }
    }
}
