package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrorTextTest {
    @Test
    void onlyWhatConcernsTheReaderIsLeft() {
        String message = "Error code - ORT_FAIL - message: Non-zero status code returned while running Reshape node."
                + " Name:'/encoder/Reshape' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/tensor"
                + "/reshape_helper.h:91 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&,"
                + " onnxruntime::TensorShapeVector&, bool) input_shape_size == requested_shape_size was false."
                + " Input shape:{2,3}, requested shape:{4}\n\n";

        assertThat(ErrorText.oneLine(message))
                .isEqualTo("Non-zero status code returned while running Reshape node. Name:'/encoder/Reshape'"
                        + " Status Message: input_shape_size == requested_shape_size was false."
                        + " Input shape:{2,3}, requested shape:{4}");
    }

    @Test
    void functionsOfTemplatesGoToo() {
        String message = "/onnxruntime_src/include/onnxruntime/core/framework/op_kernel_context.h:42 const T*"
                + " onnxruntime::OpKernelContext::Input(int) const [with T = onnxruntime::Tensor] Missing Input: b";

        assertThat(ErrorText.oneLine(message)).isEqualTo("Missing Input: b");
    }

    @Test
    void coloursAndControlCharactersGo() {
        assertThat(ErrorText.oneLine("\u001b[1;31ma\tb\r\nc\u0000d\u001b[m")).isEqualTo("a b c d");
    }

    @Test
    void whatIsEndlessIsCut() {
        assertThat(ErrorText.oneLine("x".repeat(100_000))).hasSizeLessThan(1100);
    }
}
