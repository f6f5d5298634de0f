package dev.penstock.loadtest.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.Tolerance;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerDifferenceTest {
    private static Tensor floats(float... values) {
        ByteBuffer data = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new Tensor("y", "FP32", List.of(1L, (long) values.length), ByteString.copyFrom(data.flip()));
    }

    private static Tensor bytes(String datatype, int... values) {
        byte[] data = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            data[i] = (byte) values[i];
        }
        return new Tensor("y", datatype, List.of((long) values.length), ByteString.copyFrom(data));
    }

    private static Tensor text(String value) {
        return element(value.getBytes(StandardCharsets.UTF_8));
    }

    private static Tensor element(byte... encoded) {
        ByteBuffer data = ByteBuffer.allocate(Integer.BYTES + encoded.length).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(encoded.length).put(encoded);
        return new Tensor("y", "BYTES", List.of(1L), ByteString.copyFrom(data.flip()));
    }

    private static AnswerDifference between(Tensor then, Tensor now, Tolerance tolerance) {
        return AnswerDifference.between(List.of(then), List.of(now), tolerance).getFirst();
    }

    @Test
    void theLargestDifferencesAreToldEvenWhereTheyAreNearEnough() {
        AnswerDifference one = between(floats(100, 1, 0), floats(100.001f, 1, 0), Tolerance.DEFAULT);

        assertThat(one.isSame()).isTrue();
        assertThat(one.absolute()).isCloseTo(0.001, within(1e-5));
        assertThat(one.relative()).isCloseTo(1e-5, within(1e-7));
        assertThat(between(floats(100), floats(100.001f), Tolerance.NONE).isSame())
                .isFalse();
    }

    @Test
    void theFirstDifferenceIsToldWithItsPlace() {
        AnswerDifference one = between(floats(1, 2, 3), floats(1, 4, 9), Tolerance.DEFAULT);

        assertThat(one.values()).isEqualTo(3);
        assertThat(one.different()).isEqualTo(2);
        assertThat(one.absolute()).isEqualTo(6);
        assertThat(one.relative()).isEqualTo(2);
        assertThat(one.first()).isEqualTo("output 'y'[0,1] was 2.0 and is 4.0");
    }

    @Test
    void whatIsNotFiniteIsNearItselfOnly() {
        float inf = Float.POSITIVE_INFINITY;
        assertThat(between(floats(Float.NaN, inf), floats(Float.NaN, inf), Tolerance.NONE)
                        .isSame())
                .isTrue();
        AnswerDifference one = between(floats(1), floats(Float.NaN), Tolerance.DEFAULT);
        assertThat(one.isSame()).isFalse();
        assertThat(one.absolute()).isInfinite();
    }

    @Test
    void integersHaveToBeTheSame() {
        AnswerDifference one = between(bytes("UINT8", 200, 1), bytes("UINT8", 100, 1), Tolerance.DEFAULT);

        assertThat(one.different()).isOne();
        assertThat(one.absolute()).isEqualTo(100);
        assertThat(one.relative()).isEqualTo(0.5);
        assertThat(between(bytes("INT8", -1), bytes("INT8", -1), Tolerance.NONE).isSame())
                .isTrue();
    }

    @Test
    void textsAreShown() {
        assertThat(between(text("cat"), text("dog"), Tolerance.DEFAULT).first())
                .isEqualTo("output 'y'[0] was \"cat\" and is \"dog\"");
        assertThat(between(text("cat"), text("cat"), Tolerance.NONE).isSame()).isTrue();
    }

    @Test
    void bytesThatReadAlikeAreNotTheSame() {
        Tensor then = element((byte) 'a', (byte) 0xff);
        Tensor now = element((byte) 'a', (byte) 0xfe);

        assertThat(between(then, now, Tolerance.NONE).first()).isEqualTo("output 'y'[0] was 0x61ff and is 0x61fe");
        assertThat(between(then, then, Tolerance.NONE).isSame()).isTrue();
    }

    @Test
    void whatCannotBeComparedIsDifferent() {
        assertThat(between(floats(1), bytes("UINT8", 1), Tolerance.DEFAULT).first())
                .isEqualTo("output 'y' was FP32[1, 1] and is UINT8[1]");
        assertThat(AnswerDifference.between(List.of(floats(1)), List.of(), Tolerance.DEFAULT))
                .singleElement()
                .satisfies(one -> assertThat(one.isSame()).isFalse());
        // More than was recorded is none.
        assertThat(AnswerDifference.between(List.of(), List.of(floats(1)), Tolerance.DEFAULT))
                .isEmpty();
    }
}
