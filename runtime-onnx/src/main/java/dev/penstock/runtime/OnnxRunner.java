package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.Runner;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One thread's way to run a model: the shared session, with options and input memory of its own.
///
/// Confined to its thread, but for [#close], which its model calls when no run is active. Outputs come on the
/// heap.
final class OnnxRunner implements Runner, AutoCloseable {
    private final String model;
    private final OnnxSession session;
    private final Engine engine;
    private final Native<RunOptions> options;

    /// Null where there is no arena to give back to.
    private final @Nullable Native<RunOptions> givingBack;

    private final OutlierRuns outliers = new OutlierRuns();
    private final InputTensors inputTensors;
    private final OutputTensors outputTensors;
    private final Set<String> allOutputs = new LinkedHashSet<>();

    /// @param givesBack whether memory that only a run far larger than usual needed is given back
    OnnxRunner(String model, Signature signature, OnnxSession session, Engine engine, boolean givesBack)
            throws OrtException {
        this.model = model;
        this.session = session;
        this.engine = engine;
        this.inputTensors = new InputTensors(model, signature, engine);
        this.outputTensors = new OutputTensors(model, signature, engine.strings());
        for (TensorSpec output : signature.outputs()) {
            allOutputs.add(output.name());
        }
        this.options = engine.runOptions();
        try {
            this.givingBack = givesBack ? engine.givingBack() : null;
        } catch (Throwable e) {
            options.close();
            throw e;
        }
    }

    @Override
    public List<Tensor> run(List<Tensor> inputs, List<String> outputs) {
        Set<String> wanted = outputs.isEmpty() ? allOutputs : new LinkedHashSet<>(outputs);
        // First of all: after close() nothing may be opened any more.
        RunOptions runOptions =
                givingBack != null && outliers.givesBack(bytes(inputs)) ? givingBack.get() : options.get();
        try (Native<OrtSession.Result> result =
                engine.run(session.get(), inputTensors.open(inputs), wanted, runOptions)) {
            return outputTensors.read(result.get(), wanted);
        } catch (OrtException e) {
            throw failure(model, e);
        } finally {
            inputTensors.release();
        }
    }

    private static long bytes(List<Tensor> inputs) {
        long bytes = 0;
        for (Tensor input : inputs) {
            bytes += input.byteCount();
        }
        return bytes;
    }

    /// What a failed run is to the caller.
    static ServingException failure(String model, OrtException e) {
        ErrorCode code =
                e.getCode() == OrtErrorCode.ORT_INVALID_ARGUMENT ? ErrorCode.INVALID_ARGUMENT : ErrorCode.MODEL_FAILED;
        return new ServingException(code, "model '%s' failed: %s".formatted(model, ErrorText.oneLine(e)));
    }

    @Override
    public void close() {
        inputTensors.close();
        options.close();
        if (givingBack != null) {
            givingBack.close();
        }
    }
}
