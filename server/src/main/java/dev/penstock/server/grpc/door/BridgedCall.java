package dev.penstock.server.grpc.door;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// A [BridgedStream] as a grpc-java handler sees it. Any thread may call any method.
final class BridgedCall<Q, A> extends ServerCall<Q, A> {
    private final BridgedStream<Q, A> stream;
    private final MethodDescriptor<Q, A> method;
    private final @Nullable CharSequence authority;

    BridgedCall(BridgedStream<Q, A> stream, MethodDescriptor<Q, A> method, @Nullable CharSequence authority) {
        this.stream = stream;
        this.method = method;
        this.authority = authority;
    }

    @Override
    public void request(int count) {
        stream.onLoop(() -> stream.request(count));
    }

    @Override
    public void sendHeaders(Metadata headers) {
        stream.onLoop(() -> stream.open(headers));
    }

    @Override
    public void sendMessage(A message) {
        stream.onLoop(() -> stream.answer(message));
    }

    @Override
    public void close(Status status, Metadata trailers) {
        stream.onLoop(() -> stream.end(status, trailers));
    }

    @Override
    public boolean isReady() {
        return stream.isReady();
    }

    @Override
    public boolean isCancelled() {
        return stream.isCancelled();
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
        return method;
    }

    @Override
    public Attributes getAttributes() {
        Channel channel = stream.connection().context().channel();
        return Attributes.newBuilder()
                .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, channel.remoteAddress())
                .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, channel.localAddress())
                .build();
    }

    @Override
    public @Nullable String getAuthority() {
        return authority == null ? null : authority.toString();
    }
}
