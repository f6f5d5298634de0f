package dev.penstock.loadtest.target;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Messages of gRPC as the bytes that they are.
enum AnyMessage implements MethodDescriptor.Marshaller<byte[]> {
    BYTES;

    /// One message is sent and any number come back: on the wire all kinds of methods are alike then.
    ///
    /// @param path `/package.Service/Method`
    static MethodDescriptor<byte[], byte[]> method(String path) {
        return MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                .setFullMethodName(path.substring(1))
                .build();
    }

    @Override
    public InputStream stream(byte[] message) {
        return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream message) {
        try {
            return message.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
