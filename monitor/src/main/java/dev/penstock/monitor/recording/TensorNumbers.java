package dev.penstock.monitor.recording;

import dev.penstock.core.Tensor;
import java.lang.foreign.MemorySegment;

/// Reads a tensor's elements as numbers. Pure.
public final class TensorNumbers {
    private TensorNumbers() {}

    /// @param tensor of a type with a fixed size
    /// @return its elements, in their order
    public static double[] of(Tensor tensor) {
        int size = tensor.type().byteSize();
        double[] numbers = new double[Math.toIntExact(tensor.byteCount() / size)];
        MemorySegment memory = MemorySegment.ofBuffer(tensor.data());
        Elements.numbers(tensor.type(), memory, 0, size, numbers.length, numbers);
        return numbers;
    }
}
