package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import dev.penstock.core.Device;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/// Opens sessions, one at a time. Thread-safe.
final class SessionOpener {
    private final Engine engine;
    /// ONNX Runtime does not promise that sessions can be created side by side.
    private final ReentrantLock creating = new ReentrantLock();

    SessionOpener(Engine engine) {
        this.engine = engine;
    }

    /// Blocks while the file is read and optimised.
    OnnxSession open(Path file, Device device, int threadsPerRun) throws OrtException {
        creating.lock();
        try {
            return OnnxSession.open(engine, file, device, threadsPerRun);
        } finally {
            creating.unlock();
        }
    }
}
