package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CudaTest {
    private static final Device CUDA = Device.parse("cuda");

    @Test
    void aMissingLibraryIsNamed() {
        String message = "Failed to load library /opt/ort/libonnxruntime_providers_cuda.so with error:"
                + " libcublasLt.so.12: cannot open shared object file: No such file or directory";

        assertThat(Cuda.reason(CUDA, message))
                .isEqualTo("cuda cannot be used: the library libcublasLt.so.12 is missing: install it or add its folder"
                        + " to LD_LIBRARY_PATH");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Failed to find CUDA shared provider",
                "Failed to load library with error: libonnxruntime_providers_cuda.so: cannot open shared object file: No such file or directory",
            })
    void nativesForCpusAloneAreNamedWithWhatToDo(String message) {
        assertThat(Cuda.reason(CUDA, message))
                .isEqualTo("cuda cannot be used: these ONNX Runtime natives have no libonnxruntime_providers_cuda.so:"
                        + " set PENSTOCK_NATIVES (or -Donnxruntime.native.path) to a folder with the natives of"
                        + " onnxruntime_gpu");
    }

    @Test
    void foldersOfThisMachineAreNotTold() {
        assertThat(Cuda.reason(CUDA, "Failed to load library /opt/ort/libonnxruntime_providers_cuda.so: no version"))
                .isEqualTo("cuda cannot be used: Failed to load library libonnxruntime_providers_cuda.so: no version");
    }

    @Test
    void anyOtherReasonIsPassedOn() {
        assertThat(Cuda.reason(CUDA, "CUDA failure 100: no CUDA-capable device is detected"))
                .isEqualTo("cuda cannot be used: CUDA failure 100: no CUDA-capable device is detected");
    }
}
