package dev.penstock.server.grpc.door;

import dev.penstock.core.Check;
import dev.penstock.server.wire.MessageLimit;
import java.util.List;

/// What an operator may set of a [FastDoor].
///
/// @param eventLoops threads that own the connections
/// @param messages how large requests may be
/// @param maxStreams of one connection at a time
/// @param streamWindowBytes what a peer may send on one stream before it is read
/// @param connectionWindowBytes the same for all streams of a connection together
/// @param maxMetadataBytes of one request's headers, as HTTP/2 counts them
/// @param compressFromBytes answers of at least so many bytes are compressed for callers that accept gzip;
///     [#NEVER_COMPRESS] for none
/// @param connections how long they last and how they are looked after
/// @param keptMetadata lower-case names of the metadata that [dev.penstock.server.fast.FastCall#metadata]
///     gives out, by
/// their index
public record DoorSettings(
        int eventLoops,
        MessageLimit messages,
        int maxStreams,
        int streamWindowBytes,
        int connectionWindowBytes,
        int maxMetadataBytes,
        int compressFromBytes,
        ConnectionSettings connections,
        List<String> keptMetadata) {
    public static final int NEVER_COMPRESS = Integer.MAX_VALUE;

    private static final int MIN_WINDOW_BYTES = 65_535;

    public DoorSettings {
        keptMetadata = List.copyOf(keptMetadata);
        Check.argument(eventLoops > 0, "eventLoops: %d (expected: > 0)", eventLoops);
        Check.argument(messages.bytes() > 0, "maxMessageBytes: %d (expected: > 0)", messages.bytes());
        Check.argument(maxStreams > 0, "maxStreams: %d (expected: > 0)", maxStreams);
        Check.argument(
                streamWindowBytes >= MIN_WINDOW_BYTES,
                "streamWindowBytes: %d (expected: >= %d)",
                streamWindowBytes,
                MIN_WINDOW_BYTES);
        Check.argument(
                connectionWindowBytes >= MIN_WINDOW_BYTES,
                "connectionWindowBytes: %d (expected: >= %d)",
                connectionWindowBytes,
                MIN_WINDOW_BYTES);
        Check.argument(maxMetadataBytes > 0, "maxMetadataBytes: %d (expected: > 0)", maxMetadataBytes);
        Check.argument(compressFromBytes >= 0, "compressFromBytes: %d (expected: >= 0)", compressFromBytes);
    }

    int maxMessageBytes() {
        return messages.bytes();
    }
}
