package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private static final Subject SUBJECT = Subject.floats("tiny", Path.of("tiny.onnx"), "x", 1, 3);
    private static final float[] VALUES = {0.25f, -1, 4};

    @Test
    void everyWireHasTheSameTensorInItsOwnForm() {
        Payload json = Requests.of(SUBJECT, Wire.JSON);
        Payload binary = Requests.of(SUBJECT, Wire.BINARY);
        int head = Integer.parseInt(binary.headers().get("inference-header-content-length"));

        assertThat(json.path()).isEqualTo("/v2/models/tiny/infer").isEqualTo(binary.path());
        assertThat(binary.bodyBytes() - head).isEqualTo(12);
        assertThat(Requests.of(SUBJECT, Wire.GRPC).bodyBytes())
                .isEqualTo(Requests.of(SUBJECT, Wire.STREAM).bodyBytes());
    }

    @Test
    void theLastFloatOutputIsReadFromEveryWire() {
        ModelInferResponse message = ModelInferResponse.newBuilder()
                .addOutputs(InferOutputTensor.newBuilder().setName("y").setDatatype("FP32"))
                .addRawOutputContents(raw())
                .addOutputs(InferOutputTensor.newBuilder().setName("label").setDatatype("INT64"))
                .addRawOutputContents(ByteString.copyFrom(new byte[Long.BYTES]))
                .build();
        ModelStreamInferResponse streamed =
                ModelStreamInferResponse.newBuilder().setInferResponse(message).build();
        String json =
                "{\"outputs\":[{\"datatype\":\"FP32\",\"data\":[0.25,-1,4.0]},{\"datatype\":\"INT64\",\"data\":[7]}]}";
        ByteBuffer binary =
                ByteBuffer.wrap(ByteString.copyFromUtf8("{}").concat(raw()).toByteArray());

        assertThat(floats(Wire.GRPC, message.toByteArray())).isEqualTo(VALUES);
        assertThat(floats(Wire.STREAM, streamed.toByteArray())).isEqualTo(VALUES);
        assertThat(floats(Wire.JSON, json.getBytes(StandardCharsets.UTF_8))).isEqualTo(VALUES);
        assertThat(Answers.floats(Wire.BINARY, binary, VALUES.length)).isEqualTo(VALUES);
        assertThat(floats(Wire.GRPC, new byte[] {1, 2, 3})).isEmpty();
    }

    @Test
    void aServerThatAnswersOtherwiseThanTheFirstIsNotMeasured() {
        Expected expected = new Expected();
        String right = "{\"outputs\":[{\"datatype\":\"FP32\",\"data\":[0.25,-1,4.0]}]}";
        String wrong = "{\"outputs\":[{\"datatype\":\"FP32\",\"data\":[0.25,-1,4.1]}]}";

        float[] first = expected.check("a", SUBJECT, Wire.JSON, bytes(right));

        assertThat(first).isEqualTo(VALUES);
        assertThat(expected.check("b", SUBJECT, Wire.JSON, bytes(right.replace("4.0", "4.0001"))))
                .isEqualTo(VALUES);
        assertThatThrownBy(() -> expected.check("b", SUBJECT, Wire.JSON, bytes(wrong)))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("b answers tiny by REST JSON with [0.25, -1.0, 4.1], but a with");
    }

    @Test
    void markdownAndJsonSayTheSame() {
        Report report = new Report();
        report.add(Row.atMost("what", 2, "µs CPU", "detail", 3));
        report.add(Cell.begin("tiny", "gRPC 8 x 32", Servers.STOCK)
                .with(new Sample(1000, 34, 1, 2, 3, 4, 5, Map.of("UNAVAILABLE", 2L))));

        String text = Results.markdown(Map.of("mode", "quick"), report);

        assertThat(text)
                .contains("| what | 2.00 µs CPU (detail) | <= 3.00 µs CPU | reached |")
                .contains("| tiny | gRPC 8 x 32 | grpc-java | 1,000 | 34.0 | 1.00 | 2.00 | 3.00 | 4.00 | – |")
                .contains("2 answers of grpc-java to tiny, gRPC 8 x 32 were wrong or missing.");
        assertThat(Results.json(Map.of("mode", "quick"), report)
                        .at("/numbers/0/value")
                        .doubleValue())
                .isEqualTo(2);
    }

    private static float[] floats(Wire wire, byte[] answer) {
        return Answers.floats(wire, ByteBuffer.wrap(answer), -1);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteString raw() {
        ByteBuffer raw = ByteBuffer.allocate(VALUES.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(VALUES);
        return ByteString.copyFrom(raw);
    }
}
