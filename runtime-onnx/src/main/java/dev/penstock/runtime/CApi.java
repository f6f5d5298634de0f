package dev.penstock.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;

import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/// ONNX Runtime's C API, for what its Java binding does not have. Its function table only ever grows at its
/// end, so an index stays right. Thread-safe.
// Calling by address is what this class is for; the program grants native access when it starts.
@SuppressWarnings("restricted")
final class CApi {
    private static final int GET_ERROR_MESSAGE = 2;
    private static final int RELEASE_STATUS = 93;
    private static final long MAX_MESSAGE_BYTES = 64 * 1024;

    private final long table;
    private final MethodHandle errorMessage;
    private final MethodHandle releaseStatus;

    /// The natives must be loaded.
    ///
    /// @throws IllegalStateException if the binding is not the one that this was written for
    CApi() {
        try {
            MethodHandles.Lookup binding = MethodHandles.privateLookupIn(OnnxTensorLike.class, MethodHandles.lookup());
            Class<?> runtime = binding.findClass("ai.onnxruntime.OnnxRuntime");
            table = (long) binding.findStaticGetter(runtime, "ortApiHandle", long.class)
                    .invoke();
        } catch (Throwable e) {
            throw new IllegalStateException("ONNX Runtime's C API cannot be reached through this Java binding", e);
        }
        errorMessage = function(GET_ERROR_MESSAGE, FunctionDescriptor.of(ADDRESS, ADDRESS));
        releaseStatus = function(RELEASE_STATUS, FunctionDescriptor.ofVoid(ADDRESS));
    }

    /// @param index of the function in the table
    MethodHandle function(int index, FunctionDescriptor descriptor) {
        MemorySegment address = MemorySegment.ofAddress(table)
                .reinterpret((index + 1L) * ADDRESS.byteSize())
                .getAtIndex(ADDRESS, index);
        return Linker.nativeLinker().downcallHandle(address, descriptor);
    }

    /// Throws what a function returned, if it is an error.
    void check(MemorySegment status) throws Throwable {
        if (status.address() == 0) {
            return;
        }
        MemorySegment message = (MemorySegment) errorMessage.invokeExact(status);
        String text = message.reinterpret(MAX_MESSAGE_BYTES).getString(0);
        releaseStatus.invokeExact(status);
        throw new OrtException(OrtErrorCode.ORT_FAIL, text);
    }
}
