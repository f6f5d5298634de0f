package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

class RawRequestTest {
    @Test
    void anInputOfMoreBytesThanCanBeCountedIsTheCallersMistake() {
        TensorSpec huge = TensorSpec.of("x", DataType.FP64, -1, Long.MAX_VALUE / 2, 3);
        Signature signature = new Signature(List.of(huge), List.of(huge), 0);

        ServingException refusal = catchThrowableOfType(
                ServingException.class, () -> RawRequest.read("m", "", signature, Unpooled.EMPTY_BUFFER));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refusal).hasMessageContaining("input 'x' of model 'm' has more bytes than can be counted");
    }
}
