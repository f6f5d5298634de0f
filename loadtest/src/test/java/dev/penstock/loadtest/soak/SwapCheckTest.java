package dev.penstock.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.penstock.loadtest.bench.Wire;
import dev.penstock.proto.inference.ModelInferResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SwapCheckTest {
    private static final SwapModel MODEL = new SwapModel();
    private static final int VARIANT = 3;

    private final Promotions promotions = new Promotions(10, 0);
    private final Problems problems = new Problems();

    SwapCheckTest() {
        for (int version = 1; version <= 4; version++) {
            promotions.ordered(version, version * 1000L);
            promotions.confirmed(version, version * 1000L + 500);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Wire.class,
            names = {"GRPC", "JSON"})
    void theAnswerOfTheLiveVersionIsRight(Wire wire) {
        assertThat(accepts(wire, "4", MODEL.answer(VARIANT, 4))).isTrue();
        assertThat(problems.count()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Wire.class,
            names = {"GRPC", "JSON"})
    void anAnswerThatNamesAnotherVersionIsWrong(Wire wire) {
        assertThat(accepts(wire, "3", MODEL.answer(VARIANT, 4))).isFalse();
        assertThat(problems.first()).singleElement().asString().contains("version 4 that says it is of version '3'");
    }

    @ParameterizedTest
    @CsvSource({"GRPC,3", "GRPC,''", "JSON,3", "JSON,''", "JSON,04"})
    void anAnswerWhoseHeaderNamesAnotherVersionOrNoneIsWrong(Wire wire, String header) {
        ByteBuffer answer = answer(wire, "4", MODEL.answer(VARIANT, 4));

        assertThat(check(wire).accepts(answer, 9000, List.of(header))).isFalse();
        assertThat(problems.first())
                .singleElement()
                .asString()
                .contains("an answer of version 4 with the header x-penstock-version: '" + header + "'");
    }

    @Test
    void anAnswerToAnotherRequestIsWrong() {
        assertThat(accepts(Wire.GRPC, "4", MODEL.answer(VARIANT + 1, 4))).isFalse();
    }

    @Test
    void anAnswerOfAVersionThatWasReplacedIsWrong() {
        assertThat(accepts(Wire.GRPC, "2", MODEL.answer(VARIANT, 2))).isFalse();
        assertThat(problems.first()).singleElement().asString().contains("after version 3 had taken over");
    }

    @ParameterizedTest
    @EnumSource(
            value = Wire.class,
            names = {"GRPC", "JSON"})
    void whatCannotBeReadIsWrong(Wire wire) {
        SwapCheck check = check(wire);

        assertThat(check.accepts(ByteBuffer.wrap(new byte[] {7, 7, 7}), 9000, List.of("4")))
                .isFalse();
        assertThat(check.accepts(ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)), 9000, List.of("4")))
                .isFalse();
        assertThat(problems.count()).isEqualTo(2);
    }

    @Test
    void onlyTheFirstFewAreTold() {
        for (int i = 0; i < 3 * Problems.TOLD; i++) {
            problems.add("problem " + i);
        }

        assertThat(problems.count()).isEqualTo(3 * Problems.TOLD);
        assertThat(problems.first()).hasSize(Problems.TOLD).startsWith("problem 0");
    }

    @Test
    void answersTellRequestsApart() {
        for (int variant = 1; variant < SwapModel.VARIANTS; variant++) {
            double other = MODEL.answer(variant - 1, 7);
            assertThat(MODEL.versionOf(variant, other))
                    .as("variant %d", variant)
                    .isEqualTo(-1);
            assertThat(MODEL.versionOf(variant - 1, other)).isEqualTo(7);
        }
    }

    /// Of a request that was sent when version 4 had been there for long.
    private boolean accepts(Wire wire, String label, double value) {
        return check(wire).accepts(answer(wire, label, value), 9000, List.of(label));
    }

    private static ByteBuffer answer(Wire wire, String label, double value) {
        return wire == Wire.GRPC ? message(label, value) : json(label, value);
    }

    private SwapCheck check(Wire wire) {
        return new SwapCheck(MODEL, VARIANT, wire, promotions, problems, () -> 9500);
    }

    private static ByteBuffer message(String label, double value) {
        ByteBuffer raw = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.putFloat((float) value).flip();
        return ByteBuffer.wrap(ModelInferResponse.newBuilder()
                .setModelName(SwapModel.NAME)
                .setModelVersion(label)
                .addOutputs(ModelInferResponse.InferOutputTensor.newBuilder()
                        .setName("y")
                        .setDatatype("FP32")
                        .addShape(1)
                        .addShape(1))
                .addRawOutputContents(ByteString.copyFrom(raw))
                .build()
                .toByteArray());
    }

    private static ByteBuffer json(String label, double value) {
        String text = "{\"model_version\":\"%s\",\"outputs\":[{\"name\":\"y\",\"data\":[%s]}]}"
                .formatted(label, Float.toString((float) value));
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
