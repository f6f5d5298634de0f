package dev.penstock.monitor.recording;

import dev.penstock.core.DataType;
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

    /// Reads elements that lie one after another.
    ///
    /// @param type with a fixed size
    public static void read(DataType type, MemorySegment memory, long offset, int count, double[] into) {
        Elements.numbers(type, memory, offset, type.byteSize(), count, into);
    }
}
