package dev.penstock.server.source.disk;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// A version's files under their own names. Thread-safe; closed once, then its files may go.
final class LinkedFolder implements ModelFiles.Folder {
    private static final int PIECE_BYTES = 128 * 1024;

    private final DiskModelFiles files;
    private final Path path;
    private final List<StoredFile> members;
    private final boolean sealed;
    private final AtomicBoolean closed = new AtomicBoolean();

    LinkedFolder(DiskModelFiles files, Path path, List<StoredFile> members, boolean sealed) {
        this.files = files;
        this.path = path;
        this.members = List.copyOf(members);
        this.sealed = sealed;
    }

    @Override
    public Path path() {
        if (sealed) {
            throw new IllegalStateException("these files are encrypted: they can only be read into memory");
        }
        return path;
    }

    @Override
    public boolean sealed() {
        return sealed;
    }

    @Override
    public MemorySegment read(String name, Arena arena) {
        StoredFile member = members.stream()
                .filter(file -> file.path().equals(name))
                .findFirst()
                .orElseThrow(() -> new FetchException(Reason.NOT_FOUND, "there is no file " + name));
        MemorySegment content = arena.allocate(Math.max(1, member.bytes()), 64).asSlice(0, member.bytes());
        boolean whole = false;
        try (InputStream in = files.content(member)) {
            copy(in, content);
            whole = true;
        } catch (IOException e) {
            throw new FetchException(Reason.DISK, name + " cannot be read: " + e.getMessage(), e);
        } finally {
            if (!whole) {
                content.fill((byte) 0);
            }
        }
        return content;
    }

    private static void copy(InputStream in, MemorySegment content) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        try {
            long at = 0;
            while (at < content.byteSize()) {
                int count = in.read(piece, 0, (int) Math.min(piece.length, content.byteSize() - at));
                if (count < 0) {
                    throw new FetchException(Reason.CORRUPT, "a kept file is shorter than it was");
                }
                MemorySegment.copy(piece, 0, content, ValueLayout.JAVA_BYTE, at, count);
                at += count;
            }
        } finally {
            // Whatever was secret in it.
            Arrays.fill(piece, (byte) 0);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            files.release(path, members);
        }
    }
}
