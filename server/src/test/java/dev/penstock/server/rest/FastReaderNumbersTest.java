package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Tensors of the fast path: many numbers, and those that JSON has not.
class FastReaderNumbersTest extends FastReaderTests {
    @Test
    void numbersThatJsonHasNotGoOutAsTextIfThatIsWanted() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(
                    inferOf(
                            "echo",
                            "{\"parameters\":{\"non_finite\":\"string\"},\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[NaN,-Infinity]}]}"));

            assertThat(client.read().body()).contains("\"data\":[\"NaN\",\"-Infinity\"]");
            assertThat(models.offers).hasValue(1);
        }
    }

    @Test
    void aNumberThatJsonHasNotIsRefusedByNameAndIndex() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(inferOf(
                    "echo",
                    "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,-Infinity]}]}"));

            RawClient.Response answer = client.read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("element 1 of output 'x' is -Infinity");
        }
    }

    @Test
    void manyJsonNumbersArriveWholeOnEveryConnection() throws Exception {
        int columns = 3000;
        EchoModels large = new EchoModels("large", columns);
        try (HttpListener listener = HttpListener.start(
                        server.loops(), "127.0.0.1", 0, TestListener.LIMITS, e -> {}, large, server.budget, () -> 0);
                RawClient one = new RawClient(listener.port());
                RawClient two = new RawClient(listener.port())) {
            large.holds = true;
            one.send(inferOf("large", numbers(columns, 1)));
            EchoModels.Held first = large.held.poll(120, TimeUnit.SECONDS);
            two.send(inferOf("large", numbers(columns, 2)));
            EchoModels.Held second = large.held.poll(120, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            assertThat(second).isNotNull();
            second.echo();
            first.echo();

            assertThat(one.read().body()).contains("\"data\":" + floats(columns, 1));
            assertThat(two.read().body()).contains("\"data\":" + floats(columns, 2));
        }
        assertThat(large.unreleased).hasValue(0);
    }

    private static String floats(int columns, int step) {
        return IntStream.range(0, columns).mapToObj(i -> step * i + ".0").collect(Collectors.joining(",", "[", "]"));
    }

    private static String numbers(int columns, int step) {
        return "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,%d],\"datatype\":\"FP32\",\"data\":%s}]}"
                .formatted(columns, floats(columns, step));
    }

    @Test
    void largeBinaryTensorsArriveWhole() throws Exception {
        int columns = 150_528;
        EchoModels large = new EchoModels("large", columns);
        HttpLimits limits = TestListener.LIMITS.withMaxBody(4 << 20, "test.max-body");
        ByteBuffer values = ByteBuffer.allocate(4 * columns).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < columns; i++) {
            values.putFloat(i * 0.5f);
        }
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,%d],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":%d}}],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"binary_data\":true}}]}"
                        .formatted(columns, 4 * columns);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String head =
                "POST /v2/models/large/infer HTTP/1.1\r\nHost: x\r\ninference-header-content-length: %d\r\nContent-Length: %d\r\n\r\n"
                        .formatted(json.length(), json.length() + 4 * columns);
        request.writeBytes((head + json).getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(values.array());
        try (HttpListener listener = HttpListener.start(
                        server.loops(), "127.0.0.1", 0, limits, exchange -> {}, large, server.budget, () -> 0);
                RawClient client = new RawClient(listener.port())) {
            for (int round = 0; round < 5; round++) {
                client.send(request.toByteArray());

                RawClient.Bytes answer = client.readBytes();

                int jsonBytes = Integer.parseInt(answer.header("inference-header-content-length"));
                assertThat(answer.body()).hasSize(jsonBytes + 4 * columns);
                assertThat(ByteBuffer.wrap(answer.body(), jsonBytes, 4 * columns))
                        .isEqualTo(ByteBuffer.wrap(values.array()));
            }
            assertThat(large.offers).hasValue(5);
        }
        assertThat(large.unreleased).hasValue(0);
    }
}
