package dev.penstock.server.grpc.door;

import dev.penstock.core.Assigned;
import dev.penstock.server.wire.ArmParameters;
import dev.penstock.server.wire.FeedbackTokens;
import dev.penstock.server.wire.HeaderText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What an answer's headers say of the model it is about.
final class Exposure {
    static final byte[] NONE = {};

    /// 255 bytes, the most of a model's name, all of them encoded.
    private static final int MAX_NAME_BYTES = 765;

    private Exposure() {}

    /// With a token by which the caller may say how good the answer was, and the arm that gave it, whose bucket
    /// stands near the end.
    ///
    /// @param token "" for none
    /// @param arm null for none
    static byte[] fields(byte[] name, long version, String token, @Nullable Assigned arm) {
        byte[] plain = fields(name, version);
        if (token.isEmpty() && arm == null) {
            return plain;
        }
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        fields.writeBytes(plain);
        if (!token.isEmpty()) {
            fields.writeBytes(Hpack.field(FeedbackTokens.HEADER, token));
        }
        if (arm != null) {
            fields.writeBytes(Hpack.field(Assigned.ROUTE_HEADER, HeaderText.name(arm.route())));
            fields.writeBytes(Hpack.field(Assigned.ARM_HEADER, arm.arm()));
            fields.writeBytes(Hpack.field(Assigned.ASSIGNMENT_HEADER, arm.header()));
        }
        return fields.toByteArray();
    }

    /// The same as parameters of a ModelInferResponse, the bucket near the end here, too.
    static byte[] parameters(Assigned arm) {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        ArmParameters.of(arm)
                .forEach(parameter -> fields.writeBytes(Protobuf.parameter(parameter.name(), parameter.value())));
        return fields.toByteArray();
    }

    /// @param name as it was called, in UTF-8; empty to say nothing of it
    /// @param version 0 if none was found
    static byte[] fields(byte[] name, long version) {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        if (name.length > 0) {
            byte[] encoded = new byte[MAX_NAME_BYTES];
            int length = HeaderText.encode(name, name.length, encoded, false);
            String text = new String(Arrays.copyOf(encoded, length), StandardCharsets.US_ASCII);
            fields.writeBytes(Hpack.field("x-penstock-model", text));
        }
        if (version > 0) {
            fields.writeBytes(Hpack.field("x-penstock-version", Long.toString(version)));
        }
        return fields.toByteArray();
    }
}
