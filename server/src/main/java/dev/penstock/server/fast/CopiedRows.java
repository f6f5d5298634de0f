package dev.penstock.server.fast;

import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.Native;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Copies what requests and answers hold, for whoever wants to have it after their outcome. On the heap. Pure.
public final class CopiedRows {
    private CopiedRows() {}

    private interface Addresses {
        long of(int tensor);
    }

    /// The inputs of a call, whose rows lie where it says.
    public static List<Tensor> inputs(FastCall call, Layout layout) {
        return rows(layout.inputs, layout, call.rows(), call::inputAddress);
    }

    /// The outputs of one request of a run.
    public static List<Tensor> outputs(Layout layout, int rows, BatchOutputs outputs, int firstRow) {
        return rows(
                layout.outputs, layout, rows, output -> outputs.address(output) + firstRow * outputs.rowBytes(output));
    }

    /// Tensors that lie one after another in one array, as views of it.
    ///
    /// @param offset of the first
    public static List<Tensor> of(List<Layout.Tensor> tensors, Layout layout, int rows, byte[] data, long offset) {
        List<Tensor> views = new ArrayList<>(tensors.size());
        int at = Math.toIntExact(offset);
        for (Layout.Tensor tensor : tensors) {
            int bytes = Math.toIntExact(rows * tensor.rowBytes);
            views.add(tensor(
                    tensor, layout, rows, ByteBuffer.wrap(data, at, bytes).slice()));
            at += bytes;
        }
        return views;
    }

    /// The same tensors with data of their own.
    public static List<Tensor> copies(List<Tensor> tensors) {
        return tensors.stream()
                .map(tensor -> new Tensor(tensor.name(), tensor.type(), tensor.shape(), copy(tensor.data())))
                .toList();
    }

    private static ByteBuffer copy(ByteBuffer data) {
        ByteBuffer copy = ByteBuffer.allocate(data.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(0, data, data.position(), data.remaining());
        return copy;
    }

    private static List<Tensor> rows(List<Layout.Tensor> tensors, Layout layout, int rows, Addresses addresses) {
        List<Tensor> copies = new ArrayList<>(tensors.size());
        for (int i = 0; i < tensors.size(); i++) {
            Layout.Tensor tensor = tensors.get(i);
            byte[] data = new byte[Math.toIntExact(rows * tensor.rowBytes)];
            MemorySegment.copy(Native.ALL, addresses.of(i), MemorySegment.ofArray(data), 0, data.length);
            copies.add(tensor(tensor, layout, rows, ByteBuffer.wrap(data)));
        }
        return copies;
    }

    private static Tensor tensor(Layout.Tensor tensor, Layout layout, int rows, ByteBuffer data) {
        return new Tensor(
                new String(tensor.name, StandardCharsets.UTF_8),
                tensor.type,
                shape(layout, tensor, rows),
                data.order(ByteOrder.LITTLE_ENDIAN));
    }

    private static Shape shape(Layout layout, Layout.Tensor tensor, int rows) {
        if (layout.rowDims() == 0) {
            return tensor.shape;
        }
        long[] dims = tensor.shape.toArray();
        dims[0] = rows;
        return Shape.of(dims);
    }
}
