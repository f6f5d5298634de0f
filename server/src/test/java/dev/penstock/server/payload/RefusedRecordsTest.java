package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the files say of requests that had no answer.
class RefusedRecordsTest {
    private static final ModelKey KEY = new ModelKey("digits", 3);
    private static final int SECRET = 4711;

    @TempDir
    private Path folder;

    private static final class Caller implements ReplySink {
        @Override
        public void resolved(ModelKey key) {}

        @Override
        public void reply(InferenceReply reply) {}

        @Override
        public void fail(ErrorCode code, String message) {}

        @Override
        public boolean abandoned() {
            return false;
        }

        @Override
        public CharSequence header(String name) {
            return "anna";
        }
    }

    private PayloadLog log() throws Exception {
        return new PayloadLog(
                new PayloadSettings(
                        Optional.of(folder),
                        PayloadFormat.JSON,
                        1 << 20,
                        Duration.ofHours(1),
                        1 << 22,
                        Optional.empty(),
                        Map.of(),
                        1,
                        List.of(),
                        1 << 20,
                        List.of("digits/input:ssn=drop"),
                        List.of("x-user")),
                new byte[16],
                "/penstock",
                NanoClock.SYSTEM,
                () -> Records.TIME);
    }

    private static InferenceRequest request(String model, String id, DataType type, byte... data) {
        Tensor input =
                new Tensor("SSN", type, Shape.of(1), ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
        return new InferenceRequest(model, "", id, List.of(input), List.of(), InferenceRequest.NO_DEADLINE);
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private List<String> lines() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).singleElement().asString().endsWith(".jsonl");
            return Files.readAllLines(all.getFirst());
        }
    }

    @Test
    void whatDoesNotFitItsModelIsToldByItsOutlineAndEndsNoFile() throws Exception {
        PayloadLog log = log();
        try (log) {
            refuse(log, request("digits", "a", DataType.FP32, new byte[3]));
            refuse(log, request("digits", "b", DataType.BYTES, number(-1)));
            refuse(log, request("digits", "c", DataType.BYTES, number(Integer.MAX_VALUE)));
            refuse(log, request("digits", "d", DataType.INT32, number(SECRET)));
        }

        assertThat(log.counts().written()).isEqualTo(4);
        assertThat(log.counts().unwritten()).isZero();
        assertThat(log.waitingBytes()).isZero();
        assertThat(lines())
                .hasSize(4)
                .allSatisfy(line -> assertThat(line)
                        .contains(
                                "\"name\":\"SSN\"", "\"redacted\":\"drop\"", "\"x-user\":\"anna\"", "INVALID_ARGUMENT")
                        .doesNotContain("\"data\"", Integer.toString(SECRET)));
    }

    private static void refuse(PayloadLog log, InferenceRequest request) {
        ReplySink sink = log.around(request, null, new Caller());
        sink.resolved(KEY);
        sink.fail(ErrorCode.INVALID_ARGUMENT, "it does not fit");
    }

    @Test
    void aRequestToNoModelKeepsNoHeadersEither() throws Exception {
        try (PayloadLog log = log()) {
            log.around(request("digit", "a", DataType.INT32, number(SECRET)), null, new Caller())
                    .fail(ErrorCode.NOT_FOUND, "no such model");
        }

        assertThat(lines()).singleElement().asString().contains("NOT_FOUND").doesNotContain("anna", "" + SECRET);
    }

    @Test
    void whatFailsLaterIsKeptWhole() throws Exception {
        try (PayloadLog log = log()) {
            ReplySink sink = log.around(request("digits", "a", DataType.INT32, number(SECRET)), null, new Caller());
            sink.resolved(KEY);
            sink.fits();
            sink.fail(ErrorCode.MODEL_FAILED, "it broke");
        }

        assertThat(lines()).singleElement().asString().contains("\"data\":[4711]", "\"x-user\":\"anna\"");
    }
}
