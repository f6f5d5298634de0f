package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.penstock.core.Device;
import dev.penstock.core.ModelLoadException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks for CUDA, and says what is missing where it cannot be had.
///
/// A model that was ordered for CUDA never ends up on the CPU as a whole: without the provider its load fails.
/// Single nodes may still run there, which is normal for those that only compute shapes.
final class Cuda {
    private static final Pattern MISSING_LIBRARY =
            Pattern.compile("([\\w.+-]+\\.(?:so|dll)[\\w.]*): cannot open shared object file");
    private static final String PROVIDER = "libonnxruntime_providers_cuda.so";
    /// The reason is told to callers, whom the folders of this machine do not concern.
    private static final Pattern FOLDERS = Pattern.compile("(?<![\\w.])(?:/[^\\s/:]+)+/");

    private Cuda() {}

    /// @throws ModelLoadException if the natives in use cannot do it
    static void require(NativeHandles handles, SessionOptions options, Device device) {
        try (Native<OrtCUDAProviderOptions> cuda =
                new Native<>(handles, NativeHandles.Kind.CUDA_OPTIONS, new OrtCUDAProviderOptions(device.ordinal()))) {
            // Doubling would keep up to twice the memory that the largest batch needs.
            cuda.get().add("arena_extend_strategy", "kSameAsRequested");
            // The exhaustive search would run again for every new batch size.
            cuda.get().add("cudnn_conv_algo_search", "HEURISTIC");
            options.addCUDA(cuda.get());
        } catch (OrtException e) {
            // Other servers may have it.
            throw ModelLoadException.notNow(reason(device, ErrorText.oneLine(e)), e);
        }
    }

    /// Pure.
    static String reason(Device device, String message) {
        Matcher missing = MISSING_LIBRARY.matcher(message);
        boolean found = missing.find();
        if (message.contains("Failed to find CUDA shared provider")
                || (found && missing.group(1).equals(PROVIDER))) {
            return "%s cannot be used: these ONNX Runtime natives have no %s: set PENSTOCK_NATIVES (or -Donnxruntime.native.path) to a folder with the natives of onnxruntime_gpu"
                    .formatted(device, PROVIDER);
        }
        if (found) {
            return "%s cannot be used: the library %s is missing: install it or add its folder to LD_LIBRARY_PATH"
                    .formatted(device, missing.group(1));
        }
        return device + " cannot be used: " + FOLDERS.matcher(message).replaceAll("");
    }
}
