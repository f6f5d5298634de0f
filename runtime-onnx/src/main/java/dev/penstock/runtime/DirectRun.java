package dev.penstock.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Runs sessions with arguments that were put together before. Thread-safe.
///
/// The binding's public method makes a dozen objects for each run: arrays of names and handles, and a result that tells
/// the caller about the outputs it brought itself. This calls the native method behind it, which makes one.
final class DirectRun {
    /// Where outputs that the caller did not bring would come from. There are none.
    private static final long NO_ALLOCATOR = 0;

    private final long api;
    private final MethodHandle nativeRun;
    private final MethodHandle tensorHandle;
    private final MethodHandle sessionHandle;
    private final MethodHandle optionsHandle;

    /// The natives must be loaded.
    ///
    /// @throws IllegalStateException if the binding is not the one that this was written for
    DirectRun() {
        try {
            MethodHandles.Lookup binding = MethodHandles.privateLookupIn(OrtSession.class, MethodHandles.lookup());
            Class<?> runtime = binding.findClass("ai.onnxruntime.OnnxRuntime");
            api = (long) binding.findStaticGetter(runtime, "ortApiHandle", long.class)
                    .invoke();
            nativeRun = binding.findVirtual(
                    OrtSession.class,
                    "run",
                    MethodType.methodType(
                            boolean[].class,
                            long.class,
                            long.class,
                            long.class,
                            String[].class,
                            long[].class,
                            long.class,
                            String[].class,
                            long.class,
                            OnnxValue[].class,
                            long[].class,
                            long.class));
            tensorHandle = binding.findGetter(OnnxTensorLike.class, "nativeHandle", long.class);
            sessionHandle = binding.findGetter(OrtSession.class, "nativeHandle", long.class);
            optionsHandle = MethodHandles.privateLookupIn(RunOptions.class, MethodHandles.lookup())
                    .findGetter(RunOptions.class, "nativeHandle", long.class);
        } catch (Throwable e) {
            throw new IllegalStateException("ONNX Runtime's Java binding has no native run as it was known here", e);
        }
    }

    /// Good until the tensor is closed.
    long handle(OnnxTensor tensor) {
        try {
            return (long) tensorHandle.invokeExact((OnnxTensorLike) tensor);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Blocks while the model runs. Everything must be open: native code does not check.
    ///
    /// @param inputs all of the session's
    /// @param outputs all of the session's, which are written in place
    void run(OrtSession session, BoundTensors inputs, BoundTensors outputs, RunOptions options) throws OrtException {
        try {
            long options64 = (long) optionsHandle.invokeExact(options);
            long session64 = (long) sessionHandle.invokeExact(session);
            boolean[] _ = (boolean[]) nativeRun.invokeExact(
                    session,
                    api,
                    session64,
                    NO_ALLOCATOR,
                    inputs.names,
                    inputs.handles,
                    (long) inputs.handles.length,
                    outputs.names,
                    (long) outputs.handles.length,
                    outputs.values,
                    outputs.handles,
                    options64);
        } catch (OrtException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
