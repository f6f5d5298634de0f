package dev.penstock.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.penstock.core.BytesElements;
import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The native inputs of one run at a time.
///
/// Direct, aligned memory goes to native code as it is; anything else is copied first. Sizes are checked here once
/// more, whoever checked them before: native code reads as far as the shape says.
///
/// Confined to its runner's thread, but for [#close].
final class InputTensors implements AutoCloseable {
    private final String model;
    private final Signature signature;
    private final Engine engine;
    private final Map<String, StagingBuffer> staging = new LinkedHashMap<>();
    private final Utf8Check utf8 = new Utf8Check();
    private final List<Native<OnnxTensor>> opened = new ArrayList<>();

    InputTensors(String model, Signature signature, Engine engine) {
        this.model = model;
        this.signature = signature;
        this.engine = engine;
        for (TensorSpec input : signature.inputs()) {
            staging.put(input.name(), new StagingBuffer(engine));
        }
    }

    /// Opens a native tensor for each input. They are good until [#release], which must follow, also after an
    /// exception.
    ///
    /// @throws ServingException if an input cannot be expressed
    Map<String, OnnxTensor> open(List<Tensor> inputs) throws OrtException {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        for (Tensor input : inputs) {
            Native<OnnxTensor> tensor = open(input);
            opened.add(tensor);
            if (tensors.put(input.name(), tensor.get()) != null) {
                throw refused(input, "is there twice");
            }
        }
        return tensors;
    }

    private Native<OnnxTensor> open(Tensor input) throws OrtException {
        TensorSpec spec = signature.input(input.name());
        StagingBuffer buffer = staging.get(input.name());
        if (spec == null || buffer == null) {
            throw refused(input, "is unknown");
        }
        if (input.type() != spec.type()) {
            throw refused(input, "is " + input.type() + " (expected: " + spec.type() + ")");
        }
        long elements = elementCount(input);
        long[] shape = nativeShape(spec, input.shape());
        return input.type() == DataType.BYTES
                ? openStrings(input, elements, shape)
                : openNumbers(input, elements, shape, buffer);
    }

    private Native<OnnxTensor> openNumbers(Tensor input, long elements, long[] shape, StagingBuffer buffer)
            throws OrtException {
        int size = input.type().byteSize();
        if (elements > Integer.MAX_VALUE || input.byteCount() != elements * size) {
            throw refused(
                    input,
                    "has %d bytes (expected: %d times %d for %s of %s)"
                            .formatted(input.byteCount(), elements, size, input.shape(), input.type()));
        }
        ByteBuffer data = input.data();
        if (input.type() == DataType.BOOL) {
            checkBooleans(input);
        }
        // An empty buffer may have no address at all.
        boolean usable = data.isDirect() && data.hasRemaining() && data.alignmentOffset(data.position(), size) == 0;
        return engine.tensor(usable ? data : buffer.stage(data), shape, ElementTypes.inputType(input.type()));
    }

    /// In C++, a bool that is neither 0 nor 1 is undefined behaviour.
    private void checkBooleans(Tensor input) {
        ByteBuffer data = input.data();
        for (int i = data.position(); i < data.limit(); i++) {
            if ((data.get(i) & ~1) != 0) {
                throw refused(
                        input, "has %d at element %d (expected: 0 or 1)".formatted(data.get(i), i - data.position()));
            }
        }
    }

    private Native<OnnxTensor> openStrings(Tensor input, long elements, long[] shape) throws OrtException {
        checkStrings(input, elements);
        Native<OnnxTensor> tensor = engine.stringTensor((int) elements, shape);
        try {
            engine.strings().write(tensor.get(), input.data());
            return tensor;
        } catch (Throwable e) {
            tensor.close();
            throw e;
        }
    }

    private void checkStrings(Tensor input, long elements) {
        ByteBuffer data = input.data();
        int at = data.position();
        long element = 0;
        while (at < data.limit()) {
            long left = (long) data.limit() - at - BytesElements.LENGTH_BYTES;
            long length = left < 0 ? 0 : Integer.toUnsignedLong(data.getInt(at));
            if (length > left) {
                throw refused(input, "ends inside of element " + element);
            }
            at += BytesElements.LENGTH_BYTES;
            if (!utf8.isValid(data, at, (int) length)) {
                throw refused(input, "has bytes at element " + element + " that are not UTF-8");
            }
            at += (int) length;
            element++;
        }
        if (element != elements) {
            throw refused(input, "has %d elements (expected: %d for %s)".formatted(element, elements, input.shape()));
        }
    }

    private long elementCount(Tensor input) {
        Shape shape = input.shape();
        for (int i = 0; i < shape.rank(); i++) {
            if (shape.dim(i) < 0) {
                throw refused(input, "has shape " + shape + " (expected: no negative dimension)");
            }
        }
        try {
            return shape.elementCount();
        } catch (ArithmeticException e) {
            throw refused(input, "has shape " + shape + ", which has more elements than can be counted");
        }
    }

    /// A scalar may come as one element.
    private static long[] nativeShape(TensorSpec spec, Shape shape) {
        boolean scalar = spec.shape().rank() == 0 && shape.rank() == 1 && shape.dim(0) == 1;
        return scalar ? new long[0] : shape.toArray();
    }

    private ServingException refused(Tensor input, String why) {
        return ServingException.invalid("input '%s' for model '%s' %s".formatted(input.name(), model, why));
    }

    /// Closes the tensors of the run that is over.
    void release() {
        for (int i = 0; i < opened.size(); i++) {
            opened.get(i).close();
        }
        opened.clear();
        for (StagingBuffer buffer : staging.values()) {
            buffer.trim();
        }
    }

    @Override
    public void close() {
        release();
        for (StagingBuffer buffer : staging.values()) {
            buffer.close();
        }
    }
}
