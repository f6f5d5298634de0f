package dev.penstock.server.registry;

import dev.penstock.core.DataType;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.proto.inference.ModelInput;
import dev.penstock.proto.inference.ModelOutput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Lays a configuration over what a model's file says of itself. Pure.
///
/// The configuration may narrow the model, a variable dimension to a fixed one, never contradict it. Tensors it does
/// not mention stay as they are in the file.
final class SignatureMerge {
    private final int maxBatchSize;

    private SignatureMerge(int maxBatchSize) {
        this.maxBatchSize = maxBatchSize;
    }

    /// What a configuration says of one tensor.
    ///
    /// @param dims without the batch dimension where there is one; empty means nothing is said
    private record Wish(String name, dev.penstock.proto.inference.DataType type, List<Long> dims, boolean optional) {
        static Wish of(ModelInput input) {
            return new Wish(input.getName(), input.getDataType(), input.getDimsList(), input.getOptional());
        }

        static Wish of(ModelOutput output) {
            return new Wish(output.getName(), output.getDataType(), output.getDimsList(), false);
        }
    }

    /// @throws ModelLoadException if they contradict each other
    static Signature merge(ModelConfig config, Signature model) {
        SignatureMerge merge = new SignatureMerge(config.getMaxBatchSize());
        List<Wish> inputs = config.getInputList().stream().map(Wish::of).toList();
        List<Wish> outputs = config.getOutputList().stream().map(Wish::of).toList();
        checkNoneMissing(inputs, model.inputs());
        return new Signature(
                merge.all("input", inputs, model.inputs()),
                merge.all("output", outputs, model.outputs()),
                config.getMaxBatchSize());
    }

    private static void checkNoneMissing(List<Wish> wishes, List<TensorSpec> specs) {
        for (TensorSpec spec : specs) {
            if (!wishes.isEmpty()
                    && !spec.optional()
                    && wishes.stream().noneMatch(wish -> wish.name().equals(spec.name()))) {
                throw wrong("has inputs %s, but not '%s', which the model needs"
                        .formatted(quoted(wishes.stream().map(Wish::name).toList()), spec.name()));
            }
        }
    }

    private List<TensorSpec> all(String kind, List<Wish> wishes, List<TensorSpec> specs) {
        Map<String, Wish> byName = new LinkedHashMap<>();
        wishes.forEach(wish -> byName.put(wish.name(), wish));
        List<TensorSpec> merged = new ArrayList<>();
        for (TensorSpec spec : specs) {
            checkBatched(kind, spec);
            @Nullable Wish wish = byName.remove(spec.name());
            merged.add(wish == null ? spec : one(kind, wish, spec));
        }
        for (String unknown : byName.keySet()) {
            throw wrong("has an %s '%s'; the model has %ss %s"
                    .formatted(
                            kind,
                            unknown,
                            kind,
                            quoted(specs.stream().map(TensorSpec::name).toList())));
        }
        return merged;
    }

    private void checkBatched(String kind, TensorSpec spec) {
        boolean variable = spec.shape().rank() > 0 && spec.shape().dim(0) < 0;
        if (maxBatchSize > 0 && !variable) {
            throw wrong(
                    "says max_batch_size %d, but %s '%s' of the model is %s (expected: a variable first dimension, or max_batch_size 0)"
                            .formatted(maxBatchSize, kind, spec.name(), spec.describeShape()));
        }
    }

    private TensorSpec one(String kind, Wish wish, TensorSpec spec) {
        DataType type = ConfigTypes.read(wish.type());
        if (type != null && type != spec.type()) {
            throw wrong("says %s '%s' is %s; the model has %s"
                    .formatted(kind, spec.name(), wish.type(), ConfigTypes.write(spec.type())));
        }
        if (wish.optional() && !spec.optional()) {
            throw wrong("says input '%s' is optional; the model needs it".formatted(spec.name()));
        }
        Shape shape = wish.dims().isEmpty() ? spec.shape() : narrowed(kind, wish, spec);
        return new TensorSpec(spec.name(), spec.type(), shape, spec.dimNames(), spec.optional());
    }

    private Shape narrowed(String kind, Wish wish, TensorSpec spec) {
        int batchDims = maxBatchSize > 0 ? 1 : 0;
        long[] dims = new long[wish.dims().size() + batchDims];
        dims[0] = -1;
        for (int i = batchDims; i < dims.length; i++) {
            dims[i] = wish.dims().get(i - batchDims);
            if (dims[i] < -1 || dims[i] == 0) {
                throw wrong("says %s '%s' has dims %s (expected: each > 0, or -1 for any size)"
                        .formatted(kind, spec.name(), list(wish.dims())));
            }
        }
        if (dims.length != spec.shape().rank()) {
            throw contradiction(kind, wish, spec);
        }
        for (int i = 0; i < dims.length; i++) {
            long fixed = spec.shape().dim(i);
            if (fixed >= 0 && dims[i] >= 0 && fixed != dims[i]) {
                throw contradiction(kind, wish, spec);
            }
            dims[i] = Math.max(fixed, dims[i]);
        }
        return Shape.of(dims);
    }

    private ModelLoadException contradiction(String kind, Wish wish, TensorSpec spec) {
        String hint = maxBatchSize > 0
                ? " (with max_batch_size > 0, dims leave out the first, the batch)"
                : " (with max_batch_size 0, dims are all of them)";
        return wrong("says %s '%s' has dims %s; the model has %s%s"
                .formatted(kind, spec.name(), list(wish.dims()), spec.describeShape(), hint));
    }

    private static String list(List<Long> dims) {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }

    private static String quoted(List<String> names) {
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }

    private static ModelLoadException wrong(String what) {
        return new ModelLoadException(FolderReader.CONFIG_FILE + " " + what);
    }
}
