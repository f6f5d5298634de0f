package dev.penstock.server.grpc.door;

import io.grpc.Metadata;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Metadata as grpc-java has it, from and to header fields.
final class BridgedMetadata {
    private static final String BINARY = Metadata.BINARY_HEADER_SUFFIX;
    private static final Metadata.Key<String> REQUEST_ID = ascii("x-penstock-request-id");

    private BridgedMetadata() {}

    static Metadata of(RequestHeaders headers) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i).toString();
            if (isPlain(name)) {
                put(metadata, name, headers.value(i).toString());
            }
        }
        return metadata;
    }

    // Of what may stand in a header's name, gRPC knows these characters only; it throws for others.
    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.') {
                return false;
            }
        }
        return !name.isEmpty() && !name.equals(BINARY);
    }

    private static void put(Metadata metadata, String name, String value) {
        if (!name.endsWith(BINARY)) {
            metadata.put(ascii(name), value);
            return;
        }
        for (String part : value.split(",", -1)) {
            byte @Nullable [] bytes = decoded(part);
            if (bytes != null) {
                metadata.put(binary(name), bytes);
            }
        }
    }

    // What is no Base64 says nothing.
    private static byte @Nullable [] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static boolean hasRequestId(Metadata metadata) {
        return metadata.containsKey(REQUEST_ID);
    }

    static void write(ByteBuf out, Metadata metadata) {
        for (String name : metadata.keys()) {
            byte[] nameBytes = name.getBytes(StandardCharsets.US_ASCII);
            if (name.endsWith(BINARY)) {
                for (byte[] value : all(metadata, binary(name))) {
                    Hpack.field(
                            out, nameBytes, Base64.getEncoder().withoutPadding().encode(value));
                }
            } else {
                for (String value : all(metadata, ascii(name))) {
                    Hpack.field(out, nameBytes, value.getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
    }

    private static <T> Iterable<T> all(Metadata metadata, Metadata.Key<T> key) {
        Iterable<T> values = metadata.getAll(key);
        return values == null ? List.of() : values;
    }

    private static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static Metadata.Key<byte[]> binary(String name) {
        return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
    }
}
