package dev.penstock.server.grpc.door;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// Writes ModelStreamInferResponses, with gRPC's prefix.
final class StreamMessage {
    private static final int ERROR_MESSAGE = 1;
    private static final int INFER_RESPONSE = 2;
    private static final int ID = 3;

    /// Parameter `triton_final_response`, which clients of streams look for. A request has one answer here, so that
    /// `triton_enable_empty_final_response` has nothing to add.
    private static final byte[] FINAL = finalResponse();

    private StreamMessage() {}

    private static byte[] finalResponse() {
        String key = "triton_final_response";
        byte[] text = key.getBytes(StandardCharsets.US_ASCII);
        byte[] field = new byte[text.length + 8];
        field[0] = 4 << 3 | WireCursor.BYTES;
        field[1] = (byte) (text.length + 6);
        field[2] = 1 << 3 | WireCursor.BYTES;
        field[3] = (byte) text.length;
        System.arraycopy(text, 0, field, 4, text.length);
        field[text.length + 4] = 2 << 3 | WireCursor.BYTES;
        field[text.length + 5] = 2;
        field[text.length + 6] = 1 << 3;
        field[text.length + 7] = 1;
        return field;
    }

    /// Bytes of the message around a ModelInferResponse of so many.
    static int bytes(int response) {
        return 1 + Protobuf.varintBytes(response + FINAL.length) + response + FINAL.length;
    }

    /// Writes all that comes before the ModelInferResponse's own fields.
    static void start(ByteBuf out, int response) {
        out.writeByte(0).writeInt(bytes(response));
        Protobuf.fieldStart(out, INFER_RESPONSE, response + FINAL.length);
        out.writeBytes(FINAL);
    }

    static int failureBytes(byte[] error, InferCall call) {
        return Protobuf.fieldBytes(error.length) + bytes(Protobuf.fieldBytes(call.idLength));
    }

    static void failure(ByteBuf out, byte[] error, InferCall call) {
        int response = Protobuf.fieldBytes(call.idLength) + FINAL.length;
        out.writeByte(0).writeInt(failureBytes(error, call));
        Protobuf.field(out, ERROR_MESSAGE, error);
        Protobuf.fieldStart(out, INFER_RESPONSE, response);
        Protobuf.field(out, ID, call.id, call.idLength);
        out.writeBytes(FINAL);
    }
}
