package dev.penstock.runtime;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Map;

/// Hands ONNX Runtime the files that a model leaves its weights to, from memory. Thread-safe.
final class ExternalData {
    private static final int ADD_EXTERNAL_INITIALIZERS_FROM_FILES_IN_MEMORY = 279;

    /// Where ONNX Runtime is to look for what it was not handed: no file can be below.
    private static final String NOWHERE = "/dev/null";

    private final CApi api;
    private final MethodHandle optionsHandle;
    private final MethodHandle add;

    /// @throws IllegalStateException if the binding is not the one that this was written for
    ExternalData(CApi api) {
        this.api = api;
        try {
            optionsHandle = MethodHandles.privateLookupIn(SessionOptions.class, MethodHandles.lookup())
                    .findGetter(SessionOptions.class, "nativeHandle", long.class);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("ONNX Runtime's options cannot be reached through this Java binding", e);
        }
        add = api.function(
                ADD_EXTERNAL_INITIALIZERS_FROM_FILES_IN_MEMORY,
                FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    }

    /// Has a session take these files instead of any on the disk. ONNX Runtime copies what it takes, so their
    /// memory is not needed any more once the session is made.
    ///
    /// @param files by the names that the model has for them
    void provide(SessionOptions options, Map<String, MemorySegment> files) throws OrtException {
        options.addConfigEntry("session.model_external_initializers_file_folder_path", NOWHERE);
        if (files.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment names = arena.allocate(ADDRESS, files.size());
            MemorySegment contents = arena.allocate(ADDRESS, files.size());
            MemorySegment lengths = arena.allocate(JAVA_LONG, files.size());
            int i = 0;
            for (Map.Entry<String, MemorySegment> file : files.entrySet()) {
                names.setAtIndex(ADDRESS, i, arena.allocateFrom(file.getKey()));
                contents.setAtIndex(ADDRESS, i, file.getValue());
                lengths.setAtIndex(JAVA_LONG, i, file.getValue().byteSize());
                i++;
            }
            MemorySegment handle = MemorySegment.ofAddress((long) optionsHandle.invokeExact(options));
            api.check((MemorySegment) add.invokeExact(handle, names, contents, lengths, (long) files.size()));
        } catch (OrtException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
