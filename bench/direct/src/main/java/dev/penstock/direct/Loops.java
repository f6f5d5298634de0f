package dev.penstock.direct;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.Shape;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.Batchability;
import dev.penstock.core.batching.ShapeGroup;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.runtime.OnnxLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The loops of one order, opened once and used for every measurement of it.
record Loops(List<Loop> each) {
    Loops {
        each = List.copyOf(each);
    }

    static Loops open(Order order, Sessions sessions) throws OrtException {
        return new Loops(order.way() == Order.Way.PENSTOCK ? penstock(order) : plain(order, sessions));
    }

    /// Each thread has a session of its own, which is never slower than sharing one.
    private static List<Loop> plain(Order order, Sessions sessions) throws OrtException {
        List<Loop> loops = new ArrayList<>();
        for (int i = 0; i < order.threads(); i++) {
            OrtSession session = sessions.of(order.file(), order.intraOpThreads(), i);
            loops.add(
                    order.way() == Order.Way.NAIVE
                            ? new NaiveLoop(session, order.dims())
                            : new PinnedLoop(session, order.dims()));
        }
        return loops;
    }

    private static List<Loop> penstock(Order order) {
        LoadedModel model = new OnnxLoader(new NativeHandles())
                .load(new ModelLoader.Order(new ModelKey("direct", 1), order.file(), Device.CPU, order.threads()));
        Shape row = ShapeGroup.rowOf(Shape.of(order.dims()));
        List<Shape> rows = Collections.nCopies(model.signature().inputs().size(), row);
        return switch (Batchability.of(model, ShapeGroup.of(rows), order.rows())) {
            case Batchability.Batchable(BatchModel batches) -> {
                List<Loop> loops = new ArrayList<>();
                for (int i = 0; i < order.threads(); i++) {
                    loops.add(PenstockLoop.of(batches.batchRunner(i), model.signature(), order.dims()));
                }
                yield loops;
            }
            case Batchability.Refused(String reason) ->
                throw new IllegalArgumentException(order.file() + " cannot be batched: " + reason);
        };
    }
}
