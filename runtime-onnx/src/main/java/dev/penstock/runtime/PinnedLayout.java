package dev.penstock.runtime;

import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.RowLayout;
import java.util.List;

/// What one row of a model's tensors is.
///
/// @param inputRows the shape of one row of each input, not empty
/// @param outputRows likewise of each output
record PinnedLayout(String model, Signature signature, List<Shape> inputRows, List<Shape> outputRows) {
    RowLayout rowLayout() {
        return RowLayout.of(rowBytes(signature.inputs(), inputRows), rowBytes(signature.outputs(), outputRows));
    }

    /// The most rows that fit into one tensor of each.
    int mostRows() {
        int most = Integer.MAX_VALUE;
        for (int i = 0; i < inputRows.size(); i++) {
            most = Math.min(most, RowRules.mostRows(signature.inputs().get(i), inputRows.get(i)));
        }
        for (int i = 0; i < outputRows.size(); i++) {
            most = Math.min(most, RowRules.mostRows(signature.outputs().get(i), outputRows.get(i)));
        }
        return most;
    }

    static long[] rowBytes(List<TensorSpec> specs, List<Shape> rows) {
        long[] bytes = new long[rows.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = rows.get(i).elementCount() * specs.get(i).type().byteSize();
        }
        return bytes;
    }
}
