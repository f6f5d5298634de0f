package dev.penstock.server.shadow;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.BatchRunner;
import dev.penstock.core.batching.FixedLane;
import dev.penstock.core.batching.Lanes;
import dev.penstock.server.fast.LaneSignature;
import org.jspecify.annotations.Nullable;

/// What the shadows' thread runs batches with.
@FunctionalInterface
public interface RowRunners {
    /// Of models that are run in batches.
    ///
    /// @param index of the runners of every model that belong to the shadows' thread
    static RowRunners of(Lanes lanes, int index) {
        return (model, asked) -> {
            FixedLane lane = lanes.fixedLane(model);
            return lane == null
                    ? null
                    : new RowRunner(LaneSignature.of(asked, lane), lane.model().batchRunner(index));
        };
    }

    /// The one of a loaded model.
    ///
    /// @param asked the version's signature
    /// @return null if its requests have to be run one by one
    @Nullable
    RowRunner of(LoadedModel model, Signature asked);

    /// @param signature of rows that it runs: all dimensions known, but for dimension 0
    record RowRunner(Signature signature, BatchRunner runner) {}
}
