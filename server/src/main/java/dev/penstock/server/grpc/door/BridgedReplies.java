package dev.penstock.server.grpc.door;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Writes what a grpc-java handler answers, as its stream's frames are. On the stream's event loop.
final class BridgedReplies {
    private static final int USUAL_BYTES = 4 * 1024;

    private BridgedReplies() {}

    /// @param sentId the request id that the caller sent, or null
    /// @param compressed whether messages may be
    static void open(DoorStream stream, Metadata headers, @Nullable CharSequence sentId, boolean compressed) {
        DoorOutput output = stream.output();
        byte[] fields = fields(stream, headers);
        ResponseHeaders.open(
                output.out(ResponseHeaders.MAX_BYTES + fields.length),
                stream.streamId(),
                output.firstBlock(),
                fields,
                stream.loop.requestIds,
                writeId(stream, headers, sentId),
                compressed);
    }

    /// Ends a stream that was opened.
    static void close(DoorStream stream, Status status, Metadata trailers) {
        byte[] fields = fields(stream, trailers);
        ByteBuf out = stream.output().out(ResponseHeaders.MAX_BYTES + fields.length);
        ResponseHeaders.close(out, stream.streamId(), status.getCode().value(), message(status), fields);
    }

    /// Ends one that was not.
    static void refuse(DoorStream stream, Status status, Metadata trailers, @Nullable CharSequence sentId) {
        DoorOutput output = stream.output();
        byte[] fields = fields(stream, trailers);
        ResponseHeaders.refuse(
                output.out(ResponseHeaders.MAX_BYTES + fields.length),
                stream.streamId(),
                output.firstBlock(),
                status.getCode().value(),
                message(status),
                fields,
                stream.loop.requestIds,
                writeId(stream, trailers, sentId));
    }

    private static String message(Status status) {
        String description = status.getDescription();
        return description == null ? "" : description;
    }

    // Who answers may say an id itself.
    private static int writeId(DoorStream stream, Metadata metadata, @Nullable CharSequence sentId) {
        return BridgedMetadata.hasRequestId(metadata) ? 0 : stream.loop.requestIds.write(Exposure.NONE, 0, sentId);
    }

    private static byte[] fields(DoorStream stream, Metadata metadata) {
        ByteBuf fields = stream.output().buffer(ResponseHeaders.MAX_BYTES);
        BridgedMetadata.write(fields, metadata);
        byte[] bytes = new byte[fields.readableBytes()];
        fields.readBytes(bytes).release();
        return bytes;
    }

    /// @return the message with gRPC's prefix; the caller's to release
    static <A> ByteBuf framed(DoorStream stream, MethodDescriptor<?, A> method, A message) {
        ByteBuf framed = stream.output().buffer(USUAL_BYTES);
        framed.writeByte(0).writeInt(0);
        try (InputStream in = method.streamResponse(message)) {
            byte[] bytes = in.readAllBytes();
            return framed.writeBytes(bytes).setInt(1, bytes.length);
        } catch (IOException e) {
            throw new IllegalStateException("encoding an answer failed", e);
        }
    }
}
