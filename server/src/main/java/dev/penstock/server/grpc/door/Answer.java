package dev.penstock.server.grpc.door;

import dev.penstock.core.Assigned;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.server.fast.FastArm;
import dev.penstock.server.fast.Layout;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// The parts of one model's answers to one [Head] that are always the same, as bytes. Confined to one event
/// loop.
final class Answer {
    private static final int MODEL_NAME = 1;
    private static final int MODEL_VERSION = 2;
    private static final int ID = 3;
    private static final int OUTPUTS = 5;
    private static final int RAW = 6;
    private static final int RAW_TAG = Protobuf.tag(RAW, WireCursor.BYTES);

    final Layout layout;

    /// The header fields that name model and version and, where a route led there, the arm.
    private final byte[] exposure;

    /// The parameters of the message that name the arm; empty without a route.
    private final byte[] arm;

    /// Where a call's bucket goes in both, from their ends; 0 without a route.
    private final int bucketFromEnd;

    private final int[] outputs;
    private final int rows;

    /// Of the message: all but id and tensors' bytes.
    private final byte[] start;

    private final int[] outputBytes;
    private final int outputFieldsBytes;

    Answer(Head head, Layout layout, boolean exposesName) {
        this.layout = layout;
        this.outputs = head.outputs;
        this.rows = head.rows;
        byte[] name = head.modelName.getBytes(StandardCharsets.UTF_8);
        FastArm fast = layout.model.arm();
        Assigned example = fast == null ? null : fast.example();
        this.exposure = Exposure.fields(
                exposesName ? name : Exposure.NONE, layout.model.key().version(), "", example);
        this.arm = example == null ? Exposure.NONE : Exposure.parameters(example);
        this.bucketFromEnd = fast == null ? 0 : fast.bucketFromEnd();
        this.start = start(name);
        this.outputBytes = new int[outputs.length];
        int fields = 0;
        for (int i = 0; i < outputs.length; i++) {
            outputBytes[i] = Math.toIntExact(rows * layout.outputs.get(outputs[i]).rowBytes);
            fields = Math.addExact(fields, 1 + Protobuf.varintBytes(outputBytes[i]) + outputBytes[i]);
        }
        outputFieldsBytes = fields;
    }

    private byte[] start(byte[] name) {
        byte[] version = Long.toString(layout.model.key().version()).getBytes(StandardCharsets.US_ASCII);
        ByteBuf out = Unpooled.buffer();
        Protobuf.field(out, MODEL_NAME, name);
        Protobuf.field(out, MODEL_VERSION, version);
        for (int output : outputs) {
            Layout.Tensor tensor = layout.outputs.get(output);
            ByteBuf metadata = Unpooled.buffer();
            Protobuf.field(metadata, 1, tensor.name);
            Protobuf.field(metadata, 2, tensor.datatype);
            ByteBuf dims = Unpooled.buffer();
            for (int i = 0; i < tensor.shape.rank(); i++) {
                Protobuf.varint(dims, i < layout.rowDims() ? rows : tensor.shape.dim(i));
            }
            Protobuf.field(metadata, 3, bytes(dims));
            Protobuf.field(out, OUTPUTS, bytes(metadata));
        }
        return bytes(out);
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    /// The header fields of the answer to that call; good until the next call.
    byte[] exposure(InferCall call) {
        if (bucketFromEnd > 0) {
            FastArm.writeBucket(call.routed(), exposure, exposure.length - bucketFromEnd);
        }
        return exposure;
    }

    /// Bytes of the ModelInferResponse to that call.
    int messageBytes(InferCall call) {
        return start.length + Protobuf.fieldBytes(call.idLength) + arm.length + outputFieldsBytes;
    }

    /// Writes the ModelInferResponse. There must be room for [#messageBytes].
    void write(ByteBuf out, InferCall call, BatchOutputs values, int firstRow) {
        out.writeBytes(start);
        Protobuf.field(out, ID, call.id, call.idLength);
        if (bucketFromEnd > 0) {
            FastArm.writeBucket(call.routed(), arm, arm.length - bucketFromEnd);
            out.writeBytes(arm);
        }
        for (int i = 0; i < outputs.length; i++) {
            int bytes = outputBytes[i];
            out.writeByte(RAW_TAG);
            Protobuf.varint(out, bytes);
            int at = out.writerIndex();
            long from = values.address(outputs[i]) + firstRow * values.rowBytes(outputs[i]);
            Memory.copy(from, out.memoryAddress() + at, bytes);
            out.writerIndex(at + bytes);
        }
    }
}
