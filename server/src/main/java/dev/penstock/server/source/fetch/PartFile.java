package dev.penstock.server.source.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A [Part] on the disk. A second file says to which version its bytes belong and how many of them are
/// durable; only those count after a crash. Where the disk fails, no part is left and the fetch goes on.
final class PartFile implements Part {
    private static final long SYNC_BYTES = 64L << 20;

    private final Path file;
    private final Path note;
    private final Owner owner;
    private final @Nullable FileChannel channel;
    private String validator = "";
    private long bytes;
    private long synced;
    private long counted;

    /// Counts what the parts have together.
    interface Owner {
        /// @param more bytes, or fewer if it is negative
        /// @return whether there is room; always if they are fewer
        boolean grow(long more);

        /// Another may open it.
        void closed();
    }

    PartFile(Path folder, String name, Owner owner) {
        this.file = folder.resolve(name + ".part");
        this.note = folder.resolve(name + ".note");
        this.owner = owner;
        this.channel = open();
        if (!owner.grow(bytes)) {
            // It is begun anew.
            validator = "";
            bytes = 0;
        }
        counted = bytes;
    }

    private @Nullable FileChannel open() {
        @Nullable FileChannel opened = null;
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
            opened = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            readNote(opened.size());
            opened.truncate(bytes);
        } catch (IOException e) {
            validator = "";
            bytes = 0;
        }
        return opened;
    }

    private void readNote(long size) throws IOException {
        if (!Files.exists(note)) {
            return;
        }
        List<String> lines = Files.readAllLines(note);
        if (lines.size() != 2 || !lines.getFirst().matches("[0-9]{1,18}")) {
            return;
        }
        long noted = Long.parseLong(lines.getFirst());
        if (noted > 1 && noted <= size) {
            validator = lines.get(1);
            // One byte is fetched again, so that there is always something to ask for.
            bytes = noted - 1;
            synced = bytes;
        }
    }

    @Override
    public String validator() {
        return validator;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public int read(long from, byte[] into, int offset, int length) throws IOException {
        int count = channel == null ? -1 : channel.read(ByteBuffer.wrap(into, offset, length), from);
        if (count <= 0) {
            throw new EOFException("what an earlier try left is not there any more");
        }
        return count;
    }

    @Override
    public void begin(String version) {
        validator = version;
        bytes = 0;
        synced = 0;
        try {
            Files.deleteIfExists(note);
            if (channel != null) {
                channel.truncate(0);
            }
        } catch (IOException e) {
            validator = "";
        }
    }

    @Override
    public void append(byte[] from, int offset, int length) {
        if (channel == null || validator.isEmpty()) {
            return;
        }
        long more = bytes + length - counted;
        if (more > 0 && !owner.grow(more)) {
            drop();
            return;
        }
        counted = Math.max(counted, bytes + length);
        try {
            ByteBuffer left = ByteBuffer.wrap(from, offset, length);
            while (left.hasRemaining()) {
                bytes += channel.write(left, bytes);
            }
            if (bytes - synced >= SYNC_BYTES) {
                sync(channel);
            }
        } catch (IOException e) {
            validator = "";
        }
    }

    private void sync(FileChannel written) throws IOException {
        written.force(true);
        Path next = note.resolveSibling(note.getFileName() + ".new");
        Files.writeString(next, bytes + "\n" + validator + "\n");
        Files.move(next, note, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        synced = bytes;
    }

    @Override
    public void drop() {
        validator = "";
        bytes = 0;
    }

    @Override
    public void close() {
        try (FileChannel open = channel) {
            if (open != null && bytes > 0 && !validator.isEmpty()) {
                sync(open);
            } else {
                Files.deleteIfExists(note);
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // Without its note it does not count.
        } finally {
            boolean _ = owner.grow(-counted);
            owner.closed();
        }
    }
}
