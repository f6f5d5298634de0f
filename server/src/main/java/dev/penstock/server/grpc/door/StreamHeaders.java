package dev.penstock.server.grpc.door;

import dev.penstock.server.wire.SentHeaders;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The headers that a stream of many requests began with, all of them and as they arrived: a stream may outlast
/// the routes that it was opened under. Immutable.
final class StreamHeaders {
    private static final AsciiString STRICT = AsciiString.cached("triton_grpc_error");

    private final @Nullable CharSequence[] metadata;
    private final CharSequence[] names;
    private final CharSequence[] values;
    private final @Nullable CharSequence requestId;
    private final boolean takesGzip;
    private final boolean strict;

    StreamHeaders(RequestHeaders headers) {
        metadata = new @Nullable CharSequence[headers.kept().size()];
        names = new CharSequence[headers.size()];
        values = new CharSequence[names.length];
        Arrays.setAll(names, headers::name);
        Arrays.setAll(values, headers::value);
        Arrays.setAll(metadata, headers::metadata);
        requestId = headers.requestId();
        takesGzip = headers.takesGzip();
        strict = isStrict(headers);
    }

    private static boolean isStrict(RequestHeaders headers) {
        for (int i = 0; i < headers.size(); i++) {
            if (STRICT.contentEquals(headers.name(i))) {
                return AsciiString.contentEqualsIgnoreCase("true", headers.value(i));
            }
        }
        return false;
    }

    /// The request id that the caller sent, or null.
    @Nullable
    CharSequence requestId() {
        return requestId;
    }

    boolean takesGzip() {
        return takesGzip;
    }

    /// Whether the first failure ends the stream.
    boolean isStrict() {
        return strict;
    }

    /// The value of a kept header, as [RequestHeaders#metadata] says.
    ///
    /// @param index none if negative
    @Nullable
    CharSequence kept(int index) {
        return index < 0 ? null : metadata[index];
    }

    /// What was sent by that name, or null.
    @Nullable
    CharSequence header(String name) {
        @Nullable CharSequence sent = null;
        for (int i = 0; i < names.length; i++) {
            if (AsciiString.contentEquals(names[i], name)) {
                sent = SentHeaders.more(name, sent, values[i]);
            }
        }
        return sent == null ? null : SentHeaders.text(sent);
    }
}
