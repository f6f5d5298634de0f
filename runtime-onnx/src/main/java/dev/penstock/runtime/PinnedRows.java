package dev.penstock.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.batching.ShapeGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Memory for the rows of some tensors, one block each, and the native tensors over the first of them: made once for
/// every number of rows, so that a run makes none. Confined to its runner's thread, but for [#close].
final class PinnedRows implements AutoCloseable {
    /// What vector code likes best.
    private static final int ALIGNMENT_BYTES = 64;

    private final Engine engine;
    private final List<TensorSpec> specs;
    private final List<Shape> rowShapes;
    private final Native<Arena> arena;
    private final MemorySegment[] blocks;
    private final long[] rowBytes;
    private final String[] names;

    /// By number of rows.
    private final @Nullable BoundTensors[] bound;

    private final List<Native<OnnxTensor>> opened = new ArrayList<>();

    /// @param rowShapes of each of `specs`, not empty
    PinnedRows(Engine engine, List<TensorSpec> specs, List<Shape> rowShapes, int maxRows) {
        this.engine = engine;
        this.specs = specs;
        this.rowShapes = rowShapes;
        this.blocks = new MemorySegment[specs.size()];
        this.rowBytes = PinnedLayout.rowBytes(specs, rowShapes);
        this.names = specs.stream().map(TensorSpec::name).toArray(String[]::new);
        this.bound = new BoundTensors[maxRows + 1];
        this.arena = engine.arena();
        try {
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = arena.get().allocate(rowBytes[i] * maxRows, ALIGNMENT_BYTES);
            }
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    long address(int tensor) {
        return blocks[tensor].address();
    }

    long rowBytes(int tensor) {
        return rowBytes[tensor];
    }

    /// In C++, a bool that is neither 0 nor 1 is undefined behaviour.
    ///
    /// @throws ServingException naming the first such element of the first `rows` rows
    void checkBooleans(int rows) {
        for (int i = 0; i < blocks.length; i++) {
            if (specs.get(i).type() == DataType.BOOL) {
                checkBooleans(specs.get(i).name(), blocks[i], rows * rowBytes[i]);
            }
        }
    }

    private static void checkBooleans(String name, MemorySegment block, long bytes) {
        for (long at = 0; at < bytes; at++) {
            byte value = block.get(ValueLayout.JAVA_BYTE, at);
            if ((value & ~1) != 0) {
                throw ServingException.invalid("input '%s' has %d as a BOOL (expected: 0 or 1)".formatted(name, value));
            }
        }
    }

    /// The tensors over the first `rows` rows.
    BoundTensors first(int rows) throws OrtException {
        BoundTensors known = bound[rows];
        return known == null ? open(rows) : known;
    }

    private BoundTensors open(int rows) throws OrtException {
        OnnxTensor[] tensors = new OnnxTensor[blocks.length];
        for (int i = 0; i < blocks.length; i++) {
            ByteBuffer data =
                    blocks[i].asSlice(0, rowBytes[i] * rows).asByteBuffer().order(ByteOrder.nativeOrder());
            long[] shape = ShapeGroup.shapeOf(rows, rowShapes.get(i)).toArray();
            Native<OnnxTensor> tensor = engine.tensor(
                    data, shape, ElementTypes.inputType(specs.get(i).type()));
            opened.add(tensor);
            tensors[i] = tensor.get();
        }
        BoundTensors first = new BoundTensors(names, tensors, engine.directRun());
        bound[rows] = first;
        return first;
    }

    @Override
    public void close() {
        for (Native<OnnxTensor> tensor : opened) {
            tensor.close();
        }
        arena.close();
    }
}
