package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignatureBytesTest {
    private static final Signature SIGNATURE = new Signature(
            List.of(
                    new TensorSpec("größe", DataType.FP32, Shape.of(-1, 64), List.of("batch", ""), false),
                    new TensorSpec("text", DataType.BYTES, Shape.of(), List.of(), true)),
            List.of(TensorSpec.of("", DataType.INT64, 1)),
            8);

    @Test
    void whatIsReadIsWhatWasWritten() throws Exception {
        assertThat(SignatureBytes.read(SignatureBytes.write(SIGNATURE))).isEqualTo(SIGNATURE);
    }

    @Test
    void nothingElseIsRead() {
        byte[] bytes = SignatureBytes.write(SIGNATURE);
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> SignatureBytes.read(part)).isInstanceOf(IOException.class);
        }
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= 1;
            assertThatThrownBy(() -> SignatureBytes.read(damaged)).isInstanceOf(IOException.class);
        }
    }
}
