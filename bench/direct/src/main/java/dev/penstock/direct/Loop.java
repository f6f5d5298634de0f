package dev.penstock.direct;

import ai.onnxruntime.OrtException;

/// One thread's way to run a model. Confined to the thread that uses it.
interface Loop extends AutoCloseable {
    /// Runs the model once and reads what came out.
    void run() throws OrtException;

    @Override
    void close() throws OrtException;
}
