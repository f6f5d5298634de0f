package dev.penstock.server.grpc;

import dev.penstock.core.ServingException;
import dev.penstock.proto.admin.FileChunk;
import dev.penstock.proto.admin.RegisterRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One file of an upload, put together from its chunks while they arrive. For one thread; blocks.
final class ChunkedFile extends InputStream {
    private final IncomingParts<RegisterRequest> parts;
    private final String path;
    private final String sha256;

    private @Nullable FileChunk chunk;
    private int taken;

    /// What follows this file, once it was read to its end.
    private @Nullable FileChunk next;

    private ChunkedFile(IncomingParts<RegisterRequest> parts, FileChunk first) {
        this.parts = parts;
        this.path = first.getPath();
        this.sha256 = first.getSha256();
        this.chunk = first;
    }

    /// The first file of an upload whose order was read.
    ///
    /// @return null if there is none
    static @Nullable ChunkedFile first(IncomingParts<RegisterRequest> parts) throws BrokenUpload {
        FileChunk first = chunk(parts);
        return first == null ? null : new ChunkedFile(parts, first);
    }

    /// The file that follows this one, which was read to its end.
    ///
    /// @return null if there is none
    @Nullable
    ChunkedFile next() {
        FileChunk first = next;
        return first == null ? null : new ChunkedFile(parts, first);
    }

    private static @Nullable FileChunk chunk(IncomingParts<RegisterRequest> parts) throws BrokenUpload {
        RegisterRequest request = parts.next();
        if (request != null && !request.hasChunk()) {
            throw ServingException.invalid(
                    "a message without a chunk (expected: the order first, and then only chunks of files)");
        }
        return request == null ? null : request.getChunk();
    }

    String path() {
        return path;
    }

    /// What it says that it must have, or "".
    String sha256() {
        return sha256;
    }

    @Override
    public int read() throws IOException {
        byte[] octet = new byte[1];
        return read(octet, 0, 1) < 0 ? -1 : octet[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int count) throws IOException {
        Objects.checkFromIndexSize(from, count, to.length);
        if (count == 0) {
            return 0;
        }
        FileChunk current = filled();
        if (current == null) {
            return -1;
        }
        int length = Math.min(count, current.getData().size() - taken);
        current.getData().substring(taken, taken + length).copyTo(to, from);
        taken += length;
        return length;
    }

    /// @return a chunk that is not read to its end, or null if the file is
    private @Nullable FileChunk filled() throws BrokenUpload {
        while (chunk != null && taken == chunk.getData().size()) {
            chunk = following();
            taken = 0;
        }
        return chunk;
    }

    private @Nullable FileChunk following() throws BrokenUpload {
        FileChunk arrived = chunk(parts);
        if (arrived == null) {
            return null;
        }
        if (!arrived.getPath().isEmpty() && !arrived.getPath().equals(path)) {
            next = arrived;
            return null;
        }
        if (!arrived.getSha256().isEmpty()) {
            throw ServingException.invalid("sha256 in a later chunk of the file (expected: in its first one)");
        }
        return arrived;
    }
}
