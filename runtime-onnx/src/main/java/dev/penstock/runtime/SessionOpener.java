package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import dev.penstock.core.ModelLoader.Order;
import java.util.concurrent.locks.ReentrantLock;

/// Opens sessions, one at a time. Thread-safe.
final class SessionOpener {
    private final Engine engine;
    /// ONNX Runtime does not promise that sessions can be created side by side.
    private final ReentrantLock creating = new ReentrantLock();

    SessionOpener(Engine engine) {
        this.engine = engine;
    }

    /// Blocks while the model is read and optimised.
    ///
    /// @throws dev.penstock.core.ModelLoadException if it cannot be read
    OnnxSession open(Order order) throws OrtException {
        creating.lock();
        try {
            return OnnxSession.open(engine, order);
        } finally {
            creating.unlock();
        }
    }
}
