package dev.penstock.server.fast;

import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.FixedLane;
import java.util.ArrayList;
import java.util.List;

/// What a lane's requests look like. Pure.
public final class LaneSignature {
    private LaneSignature() {}

    /// What callers must send, with dimension 0 as the rows even where the configuration does not say so, and
    /// what they get, with all other dimensions known.
    ///
    /// @param asked of the version
    public static Signature of(Signature asked, FixedLane fixed) {
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
}
