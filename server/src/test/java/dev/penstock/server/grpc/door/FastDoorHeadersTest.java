package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.ModelInferRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Hand-made headers over a real socket, right and wrong ones, and what answers say in theirs.
class FastDoorHeadersTest extends WireTests {
    FastDoorHeadersTest() throws IOException {}

    @Test
    void aMissingOrDoubledPseudoHeaderResetsTheStream() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            ByteArrayOutputStream noPath = new ByteArrayOutputStream();
            noPath.write(0x83);
            noPath.write(0x86);
            Wire.grpc(noPath);
            ByteArrayOutputStream noMethod = new ByteArrayOutputStream();
            noMethod.write(0x86);
            Wire.path(noMethod, "/a/b");
            Wire.grpc(noMethod);
            ByteArrayOutputStream twice = new ByteArrayOutputStream();
            twice.write(0x83);
            twice.write(0x83);
            twice.write(0x86);
            Wire.path(twice, "/a/b");
            ByteArrayOutputStream emptyPath = new ByteArrayOutputStream();
            emptyPath.write(0x83);
            emptyPath.write(0x86);
            Wire.path(emptyPath, "");
            int stream = 1;
            for (ByteArrayOutputStream block : new ByteArrayOutputStream[] {noPath, noMethod, twice, emptyPath}) {
                wire.headers(stream, 0, block);
                assertThat(wire.await(Wire.RST_STREAM, stream).intAt(0)).isEqualTo(Wire.PROTOCOL_ERROR);
                stream += 2;
            }
            wire.open(stream);
            wire.frame(Wire.DATA, Wire.END_STREAM, stream, body);
            assertOk(wire, stream);
        }
    }

    @Test
    void whatIsNoGrpcIsToldSo() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            ByteArrayOutputStream json = start(0x83);
            Wire.literal(json, "content-type", "application/json");
            wire.headers(1, Wire.END_STREAM, json);
            assertThat(wire.answer(1).trailers()).contains("415");

            ByteArrayOutputStream get = start(0x82);
            Wire.grpc(get);
            wire.headers(3, Wire.END_STREAM, get);
            assertThat(wire.answer(3).trailers()).contains("405");

            ByteArrayOutputStream te = start(0x83);
            Wire.literal(te, "te", "gzip");
            wire.headers(5, Wire.END_STREAM, te);
            assertThat(wire.answer(5).reset()).isTrue();
        }
    }

    private static ByteArrayOutputStream start(int method) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(method);
        block.write(0x86);
        Wire.path(block, "/a/b");
        return block;
    }

    @Test
    void encodingsAndTimeoutsThatNobodyKnowsAreErrors() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            ByteArrayOutputStream snappy = Wire.block();
            Wire.literal(snappy, "grpc-encoding", "snappy");
            wire.headers(1, Wire.END_STREAM, snappy);
            assertThat(wire.answer(1).trailers())
                    .contains("grpc-status\u000212")
                    .contains("identity,gzip");

            ByteArrayOutputStream timeout = Wire.block();
            Wire.literal(timeout, "grpc-timeout", "1x");
            wire.headers(3, Wire.END_STREAM, timeout);
            assertThat(wire.answer(3).trailers()).contains("grpc-status\u000213");
        }
    }

    @Test
    void errorsCarryTheRequestIdAndAnEncodedMessage() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            ByteArrayOutputStream block = Wire.block();
            Wire.literal(block, "x-request-id", "abc-1");
            wire.headers(1, 0, block);
            wire.frame(
                    Wire.DATA,
                    Wire.END_STREAM,
                    1,
                    Requests.framed(
                            ModelInferRequest.newBuilder().setModelName("é%").build()));

            assertThat(wire.answer(1).trailers())
                    .contains("x-penstock-request-id\u0005abc-1")
                    .contains("x-penstock-model\u0009%C3%A9%25")
                    .contains("Request for unknown model: '%C3%A9%25' is not found");
        }
    }

    @Test
    void answersNameRequestModelAndVersion() throws IOException {
        try (Wire wire = new Wire(door.port(), WIDE)) {
            wire.open(1);
            wire.frame(Wire.DATA, Wire.END_STREAM, 1, body);

            assertThat(wire.await(Wire.HEADERS, 1).text())
                    .contains("x-penstock-request-id\u0006frames")
                    .contains("x-penstock-model\u0004tiny")
                    .contains("x-penstock-version\u00011");
        }
    }
}
