package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InferBinaryTest {
    private static final long SEED = 42;

    private RestFixture rest;

    @BeforeAll
    void start() throws Exception {
        rest = new RestFixture();
    }

    @AfterAll
    void stop() {
        rest.close();
        assertThat(rest.batcher.leases.get()).isZero();
    }

    private HttpResponse<byte[]> send(String path, String header, String json, byte[]... blobs) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(json.getBytes(StandardCharsets.UTF_8));
        for (byte[] blob : blobs) {
            body.write(blob);
        }
        return rest.sendForBytes(rest.request(path)
                .header("Inference-Header-Content-Length", header)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())));
    }

    private HttpResponse<byte[]> echo(String json, byte[]... blobs) throws Exception {
        String header = Integer.toString(json.getBytes(StandardCharsets.UTF_8).length);
        return send("/v2/models/echo/infer", header, json, blobs);
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static String header(HttpResponse<byte[]> response) {
        return text(Arrays.copyOf(response.body(), headerLength(response)));
    }

    private static byte[] blobs(HttpResponse<byte[]> response) {
        return Arrays.copyOfRange(response.body(), headerLength(response), response.body().length);
    }

    private static int headerLength(HttpResponse<byte[]> response) {
        return (int) response.headers()
                .firstValueAsLong("inference-header-content-length")
                .orElseThrow();
    }

    private static byte[] elements(DataType type, int count, Random random) {
        byte[] bytes = new byte[type.hasFixedSize() ? count * type.byteSize() : count * 7];
        random.nextBytes(bytes);
        for (int i = 0; i < count && !type.hasFixedSize(); i++) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(i * 7, 3);
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void everyTypeGoesInAndOutAsBinaryData(DataType type) throws Exception {
        byte[] data = elements(type, 5, new Random(SEED));
        String name = type.name().toLowerCase(Locale.ROOT);

        HttpResponse<byte[]> response = echo(
                "{\"parameters\":{\"binary_data_output\":true},\"inputs\":[{\"name\":\"%s\",\"shape\":[5],\"datatype\":\"%s\",\"parameters\":{\"binary_data_size\":%d}}]}"
                        .formatted(name, type, data.length),
                data);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(blobs(response)).isEqualTo(data);
        assertThat(header(response))
                .isEqualTo(
                        "{\"model_name\":\"echo\",\"model_version\":\"2\",\"outputs\":[{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[5],\"parameters\":{\"binary_data_size\":%d}}]}"
                                .formatted(name, type, data.length));
        assertThat(response.headers().firstValue("content-type")).hasValue("application/octet-stream");
    }

    @Test
    void binaryAndJsonInputsAndOutputsMix() throws Exception {
        HttpResponse<byte[]> response = echo(
                "{\"inputs\":["
                        + "{\"name\":\"int16\",\"shape\":[1],\"datatype\":\"INT16\",\"parameters\":{\"binary_data_size\":2}},"
                        + "{\"name\":\"int32\",\"shape\":[1],\"datatype\":\"INT32\",\"data\":[9]},"
                        + "{\"parameters\":{\"binary_data_size\":1},\"name\":\"int8\",\"shape\":[1],\"datatype\":\"INT8\"}],"
                        + "\"parameters\":{\"binary_data_output\":true},"
                        + "\"outputs\":[{\"name\":\"int16\",\"parameters\":{\"binary_data\":false}},{\"name\":\"int32\"},{\"name\":\"int8\"}]}",
                new byte[] {1, 2},
                new byte[] {3});

        assertThat(header(response))
                .contains("{\"name\":\"int16\",\"datatype\":\"INT16\",\"shape\":[1],\"data\":[513]}")
                .contains(
                        "{\"name\":\"int32\",\"datatype\":\"INT32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":4}}");
        assertThat(blobs(response)).containsExactly(9, 0, 0, 0, 3);
    }

    @Test
    void aLargeTensorSurvives() throws Exception {
        byte[] data = elements(DataType.FP32, 900_000, new Random(SEED));

        HttpResponse<byte[]> response = echo(
                "{\"parameters\":{\"binary_data_output\":true},\"inputs\":[{\"name\":\"fp32\",\"shape\":[900000],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":3600000}}]}",
                data);

        assertThat(blobs(response)).isEqualTo(data);
    }

    @Test
    void bytesThatAreNoTextGoOutOnlyAsBinaryData() throws Exception {
        HttpResponse<byte[]> response = echo(
                "{\"inputs\":[{\"name\":\"bytes\",\"shape\":[2],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":10}}]}",
                new byte[] {1, 0, 0, 0, 'a', 1, 0, 0, 0, (byte) 0xff});

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(text(response.body())).contains("element 1 of output 'bytes' is not UTF-8", "binary data");
    }

    @Test
    void aRawRequestIsTheOneInputInOneRow() throws Exception {
        byte[] row = elements(DataType.FP32, 2, new Random(SEED));

        HttpResponse<byte[]> response = send("/v2/models/rows/infer", "0", "", row);

        assertThat(header(response)).contains("\"shape\":[1,2]", "binary_data_size");
        assertThat(blobs(response)).isEqualTo(row);
    }

    @Test
    void aRawRequestToATextModelIsOneString() throws Exception {
        HttpResponse<byte[]> response = send("/v2/models/text/infer", "0", "", new byte[] {'h', 0, (byte) 0xff});

        assertThat(header(response)).contains("\"shape\":[1]", "BYTES");
        assertThat(blobs(response)).containsExactly(3, 0, 0, 0, 'h', 0, 0xff);
    }

    @Test
    void aRawRequestThatCannotBeDeducedIsRefused() throws Exception {
        assertThat(text(send("/v2/models/pair/infer", "0", "", new byte[8]).body()))
                .contains("must only have 1 input");
        assertThat(text(send("/v2/models/rows/infer", "0", "", new byte[7]).body()))
                .contains("unexpected size for input 'x' for model 'rows', expecting 8 bytes");
        assertThat(send("/v2/models/nope/infer", "0", "", new byte[8]).statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"-1", "+2", "x", "''", "3.0", "99999", "99999999999999999999", "'2,3'"})
    void aHeaderLengthOutOfRangeIsRefused(String header) throws Exception {
        HttpResponse<byte[]> response = send("/v2/models/echo/infer", header, "{\"inputs\":[]}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(text(response.body())).contains("inference header size should be in range (0, 13), got: " + header);
    }

    @Test
    void aHeaderLengthThatCutsTheJsonIsRefused() throws Exception {
        HttpResponse<byte[]> response = send("/v2/models/echo/infer", "5", "{\"inputs\":[]}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(text(response.body())).contains("Unable to parse the request's JSON");
    }

    @Test
    void tooFewAndTooManyBytesAreRefused() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"int32\",\"shape\":[2],\"datatype\":\"INT32\",\"parameters\":{\"binary_data_size\":8}}]}";

        assertThat(text(echo(json, new byte[7]).body()))
                .contains("unexpected size for input 'int32', expecting 8 bytes of binary data, but 7 are left");
        assertThat(text(echo(json, new byte[9]).body()))
                .contains("unexpected additional input data for model 'echo': 1 bytes");
        assertThat(text(echo(json.replace(":8", ":4"), new byte[4]).body()))
                .contains("unexpected size for input 'int32' for model 'echo', expecting 8 bytes");
    }

    @Test
    void dataMustComeFromOnePlace() throws Exception {
        String both =
                "{\"inputs\":[{\"name\":\"int8\",\"shape\":[1],\"datatype\":\"INT8\",\"data\":[1],\"parameters\":{\"binary_data_size\":1}}]}";
        String none = "{\"inputs\":[{\"name\":\"int8\",\"shape\":[1],\"datatype\":\"INT8\"}]}";
        String wording =
                "Input must set only one of the following fields: 'data', 'binary_data_size' in 'parameters', 'shared_memory_region' in 'parameters'. But ";

        assertThat(text(echo(both, new byte[1]).body())).contains(wording, "input 'int8'");
        assertThat(text(echo(none).body())).contains(wording + "no field is set for input 'int8'");
    }
}
