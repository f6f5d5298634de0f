package dev.penstock.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.penstock.runtime.NativeHandles.Kind;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/// Opens native objects, each counted and owned by the caller. Thread-safe.
///
/// @param strings how the elements of string tensors are reached
/// @param external how weights outside of a model's file are handed over
/// @param directRun how batches are run
record Engine(
        OrtEnvironment environment,
        NativeHandles handles,
        StringAccess strings,
        ExternalData external,
        DirectRun directRun) {
    Native<RunOptions> runOptions() throws OrtException {
        Native<RunOptions> options = new Native<>(handles, Kind.RUN_OPTIONS, new RunOptions());
        try {
            options.get().setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            return options;
        } catch (Throwable e) {
            options.close();
            throw e;
        }
    }

    /// Of runs at whose end the processor's arena gives back what it does not use.
    Native<RunOptions> givingBack() throws OrtException {
        Native<RunOptions> options = runOptions();
        try {
            options.get().addRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
            return options;
        } catch (Throwable e) {
            options.close();
            throw e;
        }
    }

    /// @param data direct, aligned to the elements and exactly as long as `shape` says; it is not copied and
    ///     must stay as it is until the tensor is closed
    Native<OnnxTensor> tensor(ByteBuffer data, long[] shape, OnnxJavaType type) throws OrtException {
        return new Native<>(handles, Kind.TENSOR, OnnxTensor.createTensor(environment, data, shape, type));
    }

    /// A tensor of empty strings, to be filled by `strings`.
    ///
    /// @param elements how many elements `shape` has
    Native<OnnxTensor> stringTensor(int elements, long[] shape) throws OrtException {
        String[] empty = new String[elements];
        Arrays.fill(empty, "");
        return new Native<>(handles, Kind.TENSOR, OnnxTensor.createTensor(environment, empty, shape));
    }

    /// Blocks while the model runs.
    Native<OrtSession.Result> run(
            OrtSession session, Map<String, OnnxTensor> inputs, Set<String> outputs, RunOptions options)
            throws OrtException {
        return new Native<>(handles, Kind.RESULT, session.run(inputs, outputs, options));
    }

    /// Memory outside the heap that any thread may use and close.
    Native<Arena> arena() {
        return new Native<>(handles, Kind.BUFFER, Arena.ofShared());
    }
}
