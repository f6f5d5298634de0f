package dev.penstock.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.penstock.loadtest.engine.AnswerCheck;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.proto.inference.ModelInferResponse;
import dev.penstock.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private static final Subject SUBJECT = Subject.floats("tiny", Path.of("tiny.onnx"), "x", 1, 3);
    private static final float[] VALUES = {0.25f, -1, 4};

    @Test
    void everyWireHasTheSameTensorInItsOwnForm() {
        Payload json = Requests.of(SUBJECT, 0, Wire.JSON);
        Payload binary = Requests.of(SUBJECT, 0, Wire.BINARY);
        int head = Integer.parseInt(binary.headers().get("inference-header-content-length"));

        assertThat(json.path()).isEqualTo("/v2/models/tiny/infer").isEqualTo(binary.path());
        assertThat(binary.bodyBytes() - head).isEqualTo(12);
        assertThat(Requests.of(SUBJECT, 0, Wire.GRPC).bodyBytes())
                .isEqualTo(Requests.of(SUBJECT, 0, Wire.STREAM).bodyBytes());
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
    void aServerThatAnswersOtherwiseThanTheModelIsNotMeasured() {
        Expected expected = new Expected(subject -> List.of(VALUES, new float[] {1, 2, 3}));
        String right = "{\"outputs\":[{\"datatype\":\"FP32\",\"data\":[0.25,-1,4.0]}]}";

        expected.check("a", SUBJECT, 0, Wire.JSON, bytes(right));
        expected.check("a", SUBJECT, 0, Wire.JSON, bytes(right.replace("4.0", "4.0001")));

        assertThatThrownBy(() -> expected.check("b", SUBJECT, 1, Wire.JSON, bytes(right)))
                .isInstanceOf(BenchException.class)
                .hasMessage("b answers tiny by REST JSON with [0.25, -1.0, 4.0] (expected: [1.0, 2.0, 3.0])");
        assertThatThrownBy(() -> expected.check("b", SUBJECT, 0, Wire.JSON, bytes("{}")))
                .isInstanceOf(BenchException.class);
    }

    @Test
    void answersThatCannotBeToldApartAreRefused() {
        Expected expected = new Expected(subject -> List.of(VALUES, new float[] {0.25f, -1.0001f, 4}));

        assertThatThrownBy(() -> expected.of(SUBJECT))
                .isInstanceOf(BenchException.class)
                .hasMessageStartingWith("tiny answers the requests 0 and 1 alike");
    }

    @Test
    void requestsOfOneSubjectAreAsLongAsEachOtherAndDiffer() {
        for (int variant = 1; variant < SUBJECT.variants(); variant++) {
            assertThat(SUBJECT.bytes(variant)).hasSameSizeAs(SUBJECT.bytes(0)).isNotEqualTo(SUBJECT.bytes(0));
            assertThat(Requests.of(SUBJECT, variant, Wire.GRPC).bodyBytes())
                    .isEqualTo(Requests.of(SUBJECT, 0, Wire.GRPC).bodyBytes());
        }
    }

    @Test
    void anAnswerOfAnotherLengthOrOfANeighbourIsWrong() {
        AnswerCheck check = Answers.near(Wire.BINARY, VALUES, 14);

        assertThat(check.expectedBytes()).isEqualTo(14);
        assertThat(check.accepts(ByteBuffer.wrap(raw().toByteArray()))).isTrue();
        assertThat(Answers.near(Wire.BINARY, new float[] {0.25f, -1, 5}, 14)
                        .accepts(ByteBuffer.wrap(raw().toByteArray())))
                .isFalse();
    }

    @Test
    void markdownAndJsonSayTheSame() {
        Report report = new Report();
        report.add(Row.atMost("what", 2, "µs CPU", "detail", 3));
        report.add(Cell.begin("tiny", "gRPC 8 x 32", Servers.STOCK)
                .with(new Sample(1000, 1000, 34, 1, 2, 3, 4, 5, Map.of("UNAVAILABLE", 2L))));

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
