package dev.penstock.runtime;

import ai.onnxruntime.MapInfo;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import dev.penstock.core.DataType;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Reads a model's signature, and refuses what cannot be served before a request finds out.
final class SignatureReader {
    private SignatureReader() {}

    /// @throws ModelLoadException naming the first input or output that cannot be served, and what to do about it
    static Signature read(OrtSession session) throws OrtException {
        try {
            List<TensorSpec> inputs = specs("input", session.getInputInfo().values());
            for (TensorSpec input : inputs) {
                checkInputType(input);
            }
            return new Signature(inputs, specs("output", session.getOutputInfo().values()), 0);
        } catch (OrtException e) {
            if (e.getCode() != OrtErrorCode.ORT_NOT_IMPLEMENTED) {
                throw e;
            }
            throw new ModelLoadException(
                    "an input or output is neither a tensor, a sequence nor a map (optional and sparse values cannot"
                            + " be served): export the model with plain tensors",
                    e);
        }
    }

    private static List<TensorSpec> specs(String side, Collection<NodeInfo> nodes) {
        List<TensorSpec> specs = new ArrayList<>();
        for (NodeInfo node : nodes) {
            String what = side + " '" + node.getName() + "'";
            specs.add(spec(node.getName(), what, tensor(what, node.getInfo())));
        }
        return specs;
    }

    private static TensorInfo tensor(String what, ValueInfo info) {
        return switch (info) {
            case TensorInfo tensor -> tensor;
            case SequenceInfo sequence ->
                throw notATensor(what, sequence.sequenceOfMaps ? "a sequence of maps" : "a sequence");
            case MapInfo _ -> throw notATensor(what, "a map");
            default -> throw notATensor(what, info.getClass().getSimpleName());
        };
    }

    private static ModelLoadException notATensor(String what, String kind) {
        return new ModelLoadException(
                "%s is %s, and only tensors can be served: export the model with tensors (scikit-learn: zipmap=False)"
                        .formatted(what, kind));
    }

    private static TensorSpec spec(String name, String what, TensorInfo info) {
        DataType type = ElementTypes.dataType(info.onnxType);
        if (type == null) {
            throw new ModelLoadException("%s has %s, which cannot be served: cast it to one of %s in the model"
                    .formatted(what, ElementTypes.describe(info.onnxType), List.of(DataType.values())));
        }
        long[] dims = info.getShape();
        if (dims.length > Shape.MAX_RANK) {
            throw new ModelLoadException(
                    "%s has %d dimensions (expected: at most %d)".formatted(what, dims.length, Shape.MAX_RANK));
        }
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Math.max(dims[i], -1);
        }
        return new TensorSpec(name, type, Shape.of(dims), List.of(info.getDimensionNames()), false);
    }

    private static void checkInputType(TensorSpec input) {
        if (ElementTypes.inputType(input.type()) == OnnxJavaType.UNKNOWN) {
            throw new ModelLoadException(
                    "input '%s' is %s, which ONNX Runtime's Java binding cannot create: export the model with a signed type there, followed by a Cast"
                            .formatted(input.name(), input.type()));
        }
    }
}
