package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import org.junit.jupiter.api.Test;

class StringAccessTest extends RuntimeTest {
    @Test
    void whatTheNativeSideRefusesIsAnException() throws OrtException {
        StringAccess strings = new StringAccess(new CApi());
        try (OnnxTensor number = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), 1f)) {
            assertThatExceptionOfType(OrtException.class)
                    .isThrownBy(() -> strings.byteCount(number))
                    .withMessageContaining("message: ");
            assertThatExceptionOfType(OrtException.class).isThrownBy(() -> strings.read(number, 1, 4));
        }
    }
}
