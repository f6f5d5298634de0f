package dev.penstock.server.grpc.door;

import dev.penstock.core.Assigned;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.server.wire.FeedbackTokens;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One answer of the general path as a ModelInferResponse.
final class ReplyBytes {
    private final InferCall call;
    private final InferenceReply reply;
    private final byte[] name;
    private final byte[] version;
    private final byte[] parameters;
    private final List<byte[]> names = new ArrayList<>();
    private final List<byte[]> types = new ArrayList<>();
    private final long bytes;

    ReplyBytes(InferCall call, InferenceReply reply) {
        this.call = call;
        this.reply = reply;
        name = call.modelName().getBytes(StandardCharsets.UTF_8);
        version = Long.toString(reply.key().version()).getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        if (!reply.feedbackToken().isEmpty()) {
            said.writeBytes(Protobuf.parameter(FeedbackTokens.PARAMETER, reply.feedbackToken()));
        }
        @Nullable Assigned arm = call.assigned();
        if (arm != null) {
            said.writeBytes(Exposure.parameters(arm));
        }
        parameters = said.toByteArray();
        long sum = (long) Protobuf.fieldBytes(name.length)
                + Protobuf.fieldBytes(version.length)
                + Protobuf.fieldBytes(call.idLength)
                + parameters.length;
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
        out.writeBytes(parameters);
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
