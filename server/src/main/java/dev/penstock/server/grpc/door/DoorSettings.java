package dev.penstock.server.grpc.door;

import dev.penstock.core.Check;
import java.util.List;

/// What an operator may set of a [FastDoor].
///
/// @param eventLoops threads that own the connections
/// @param maxMessageBytes of one request, decompressed
/// @param maxStreams of one connection at a time
/// @param streamWindowBytes what a peer may send on one stream before it is read
/// @param connectionWindowBytes the same for all streams of a connection together
/// @param maxMetadataBytes of one request's headers, as HTTP/2 counts them
/// @param maxHeldBytes of requests and answers that the door holds at a time, over all connections; what goes
///     beyond
///     is refused
/// @param compressFromBytes answers of at least so many bytes are compressed for callers that accept gzip;
///     [#NEVER_COMPRESS] for none
/// @param keptMetadata lower-case names of the metadata that [dev.penstock.server.fast.FastCall#metadata]
///     gives out, by
/// their index
public record DoorSettings(
        int eventLoops,
        int maxMessageBytes,
        int maxStreams,
        int streamWindowBytes,
        int connectionWindowBytes,
        int maxMetadataBytes,
        long maxHeldBytes,
        int compressFromBytes,
        List<String> keptMetadata) {
    public static final int NEVER_COMPRESS = Integer.MAX_VALUE;

    private static final int MIB = 1024 * 1024;
    private static final int MIN_WINDOW_BYTES = 65_535;
    private static final int MOST_EVENT_LOOPS = 4;

    public DoorSettings {
        keptMetadata = List.copyOf(keptMetadata);
        Check.argument(eventLoops > 0, "eventLoops: %d (expected: > 0)", eventLoops);
        Check.argument(maxMessageBytes > 0, "maxMessageBytes: %d (expected: > 0)", maxMessageBytes);
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
        Check.argument(
                maxHeldBytes >= maxMessageBytes,
                "maxHeldBytes: %d (expected: >= maxMessageBytes, %d)",
                maxHeldBytes,
                maxMessageBytes);
        Check.argument(compressFromBytes >= 0, "compressFromBytes: %d (expected: >= 0)", compressFromBytes);
    }

    /// For a machine with that many processors and that much memory to hold requests and answers in.
    public static DoorSettings defaults(int processors, long maxHeldBytes) {
        return new DoorSettings(
                Math.clamp(processors / 2, 1, MOST_EVENT_LOOPS),
                64 * MIB,
                1000,
                MIB,
                16 * MIB,
                16 * 1024,
                maxHeldBytes,
                NEVER_COMPRESS,
                List.of());
    }
}
