package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionJsonTest {
    private final PredictionJson json = new PredictionJson(new JsonPage(UnpooledByteBufAllocator.DEFAULT));

    private String write(boolean inRows, Tensor... outputs) {
        ByteBuf written = json.write(List.of(outputs), inRows);
        String text = written.toString(StandardCharsets.UTF_8);
        written.release();
        return text;
    }

    private static Tensor floats(String name, long[] dims, float... values) {
        ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return new Tensor(name, DataType.FP32, Shape.of(dims), data.flip());
    }

    private static Tensor texts(String name, byte[]... values) {
        ByteBuffer data = ByteBuffer.allocate(
                        Arrays.stream(values).mapToInt(v -> 4 + v.length).sum())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] value : values) {
            data.putInt(value.length).put(value);
        }
        return new Tensor(name, DataType.BYTES, Shape.of(values.length), data.flip());
    }

    private static long[] dims(long... dims) {
        return dims;
    }

    @Test
    void aSingleOutputHasNoName() {
        Tensor scores = floats("y", dims(2, 1), 0.5f, 1);

        assertThat(write(true, scores)).isEqualTo("{\"predictions\":[[0.5],[1.0]]}");
        assertThat(write(false, scores)).isEqualTo("{\"outputs\":[[0.5],[1.0]]}");
        assertThat(write(false, floats("y", dims(), 7))).isEqualTo("{\"outputs\":7.0}");
        assertThat(write(true, floats("y", dims(0, 3)))).isEqualTo("{\"predictions\":[]}");
    }

    @Test
    void severalOutputsAreNamedRowByRowOrAsAWhole() {
        Tensor class_ = floats("class \"x\"", dims(2), 3, 4);
        Tensor scores = floats("y", dims(2, 2), 1, 2, Float.NaN, Float.NEGATIVE_INFINITY);

        assertThat(write(true, class_, scores))
                .isEqualTo(
                        "{\"predictions\":[{\"class \\\"x\\\"\":3.0,\"y\":[1.0,2.0]},{\"class \\\"x\\\"\":4.0,\"y\":[NaN,-Infinity]}]}");
        assertThat(write(false, class_, scores))
                .isEqualTo("{\"outputs\":{\"class \\\"x\\\"\":[3.0,4.0],\"y\":[[1.0,2.0],[NaN,-Infinity]]}}");
    }

    @Test
    void bytesAreTextUnlessTheirNameOrTheyThemselvesSayOtherwise() {
        byte[] text = "grüße".getBytes(StandardCharsets.UTF_8);
        byte[] other = {(byte) 0xff, 0, 1};

        assertThat(write(true, texts("y", text, other))).isEqualTo("{\"predictions\":[\"grüße\",{\"b64\":\"/wAB\"}]}");
        assertThat(write(true, texts("y_bytes", text))).isEqualTo("{\"predictions\":[{\"b64\":\"Z3LDvMOfZQ==\"}]}");
    }

    @Test
    void outputsWithoutRowsInCommonAreRefusedInRows() {
        Tensor two = floats("two", dims(2), 1, 2);
        Tensor three = floats("three", dims(3), 1, 2, 3);
        Tensor none = floats("none", dims(), 1);

        assertThatThrownBy(() -> write(true, two, three))
                .hasMessageContaining(
                        "output 'three' has shape [3], which has no rows (expected: 2 of them; send 'inputs'");
        assertThatThrownBy(() -> write(true, none))
                .hasMessageContaining("output 'none' has shape [], which has no rows (expected: one dimension or more");
        assertThat(write(false, two, three, none))
                .isEqualTo("{\"outputs\":{\"two\":[1.0,2.0],\"three\":[1.0,2.0,3.0],\"none\":1.0}}");
    }

    @Test
    void moreThanAnEventLoopShouldWriteIsRefused() {
        assertThatThrownBy(() -> write(true, floats("y", dims(1L << 40, 0)))).hasMessageContaining("elements in JSON");
        assertThat(write(true, floats("y", dims(1), 5))).isEqualTo("{\"predictions\":[5.0]}");
    }
}
