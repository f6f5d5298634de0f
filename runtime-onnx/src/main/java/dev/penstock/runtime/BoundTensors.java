package dev.penstock.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;

/// Tensors and their names as a run takes them. Its arrays are never changed.
final class BoundTensors {
    final String[] names;
    final long[] handles;
    final OnnxValue[] values;

    /// @param tensors which must stay open as long as this is used
    BoundTensors(String[] names, OnnxTensor[] tensors, DirectRun directRun) {
        this.names = names;
        this.values = tensors;
        this.handles = new long[tensors.length];
        for (int i = 0; i < handles.length; i++) {
            handles[i] = directRun.handle(tensors[i]);
        }
    }
}
