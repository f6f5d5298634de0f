package dev.penstock.server.grpc.door;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.server.wire.FeedbackTokens;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One answer of the general path as a ModelInferResponse.
final class ReplyBytes {
    private static final byte[] NONE = {};
    private static final byte[] TOKEN = FeedbackTokens.PARAMETER.getBytes(StandardCharsets.US_ASCII);
    private static final int PARAMETERS = 4;
    private static final int STRING_PARAM = 3;

    private final InferCall call;
    private final InferenceReply reply;
    private final byte[] name;
    private final byte[] version;
    private final byte[] parameter;
    private final List<byte[]> names = new ArrayList<>();
    private final List<byte[]> types = new ArrayList<>();
    private final long bytes;

    ReplyBytes(InferCall call, InferenceReply reply) {
        this.call = call;
        this.reply = reply;
        name = call.modelName().getBytes(StandardCharsets.UTF_8);
        version = Long.toString(reply.key().version()).getBytes(StandardCharsets.US_ASCII);
        parameter = reply.feedbackToken().isEmpty() ? NONE : parameter(reply.feedbackToken());
        long sum = (long) Protobuf.fieldBytes(name.length)
                + Protobuf.fieldBytes(version.length)
                + Protobuf.fieldBytes(call.idLength)
                + parameter.length;
        for (int i = 0; i < reply.outputs().size(); i++) {
            Tensor output = reply.outputs().get(i);
            names.add(output.name().getBytes(StandardCharsets.UTF_8));
            types.add(output.type().name().getBytes(StandardCharsets.US_ASCII));
            int metadata = metadataBytes(i);
            sum += 1 + Protobuf.varintBytes(metadata) + metadata;
            sum += 1 + Protobuf.varintBytes(output.byteCount()) + output.byteCount();
        }
        bytes = sum;
    }

    /// The whole field of the parameter that has the token.
    private static byte[] parameter(String token) {
        byte[] text = token.getBytes(StandardCharsets.US_ASCII);
        int value = Protobuf.fieldBytes(text.length);
        int entry = Protobuf.fieldBytes(TOKEN.length) + Protobuf.fieldBytes(value);
        ByteBuf field = Unpooled.buffer(Protobuf.fieldBytes(entry));
        Protobuf.fieldStart(field, PARAMETERS, entry);
        Protobuf.field(field, 1, TOKEN);
        Protobuf.fieldStart(field, 2, value);
        Protobuf.field(field, STRING_PARAM, text);
        byte[] bytes = new byte[field.readableBytes()];
        field.readBytes(bytes);
        return bytes;
    }

    /// Of the whole message. More than an `int` can be: then there is no such message.
    long bytes() {
        return bytes;
    }

    byte[] exposedName() {
        return name;
    }

    private int metadataBytes(int output) {
        return Protobuf.fieldBytes(names.get(output).length)
                + Protobuf.fieldBytes(types.get(output).length)
                + Protobuf.fieldBytes(dimsBytes(reply.outputs().get(output).shape()));
    }

    private static int dimsBytes(Shape shape) {
        int dims = 0;
        for (int i = 0; i < shape.rank(); i++) {
            dims += Protobuf.varintBytes(shape.dim(i));
        }
        return dims;
    }

    void write(ByteBuf out) {
        Protobuf.field(out, 1, name);
        Protobuf.field(out, 2, version);
        Protobuf.field(out, 3, call.id, call.idLength);
        out.writeBytes(parameter);
        for (int i = 0; i < reply.outputs().size(); i++) {
            Shape shape = reply.outputs().get(i).shape();
            Protobuf.fieldStart(out, 5, metadataBytes(i));
            Protobuf.field(out, 1, names.get(i));
            Protobuf.field(out, 2, types.get(i));
            if (shape.rank() > 0) {
                Protobuf.fieldStart(out, 3, dimsBytes(shape));
            }
            for (int d = 0; d < shape.rank(); d++) {
                Protobuf.varint(out, shape.dim(d));
            }
        }
        for (Tensor output : reply.outputs()) {
            ByteBuffer data = output.data().duplicate();
            Protobuf.fieldStart(out, 6, data.remaining());
            out.writeBytes(data);
        }
    }
}
