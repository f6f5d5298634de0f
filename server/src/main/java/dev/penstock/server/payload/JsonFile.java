package dev.penstock.server.payload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Function;

/// A record in each line, as JSON. Confined to one thread.
///
/// What a full disk took of some lines is cut off again, so that only whole lines are in it, and the next ones
/// are written where the whole ones end.
final class JsonFile<R> implements RecordFile<R> {
    static final int BUFFER_BYTES = 64 * 1024;

    private final Disk disk;
    private final Function<R, byte[]> form;

    /// Whole lines that are not in the file.
    private final ByteBuffer waiting = ByteBuffer.allocate(BUFFER_BYTES);

    /// Of whole lines in the file.
    private long length;

    private long settled;
    private long unsettled;
    private long lost;
    private boolean broken;

    /// @param file that is there and empty
    /// @param form of a record: a line with its end
    JsonFile(Path file, Function<R, byte[]> form) throws IOException {
        this(Disk.of(file), form);
    }

    /// @param disk with nothing on it; closed with this
    JsonFile(Disk disk, Function<R, byte[]> form) {
        this.disk = disk;
        this.form = form;
    }

    @Override
    public void write(R record) throws IOException {
        byte[] line = form.apply(record);
        if (line.length > waiting.remaining()) {
            flush();
        }
        if (line.length > waiting.remaining()) {
            append(line, line.length);
            settled++;
        } else {
            waiting.put(line);
            unsettled++;
        }
    }

    @Override
    public void flush() throws IOException {
        if (unsettled == 0) {
            return;
        }
        boolean done = false;
        try {
            append(waiting.array(), waiting.position());
            done = true;
        } finally {
            waiting.clear();
            settled += done ? unsettled : 0;
            lost += done ? 0 : unsettled;
            unsettled = 0;
        }
    }

    // In pieces: each takes as much native memory while it is written.
    private void append(byte[] lines, int bytes) throws IOException {
        try {
            for (int at = 0; at < bytes; at += BUFFER_BYTES) {
                disk.write(lines, at, Math.min(BUFFER_BYTES, bytes - at));
            }
        } catch (IOException e) {
            cut(e);
            throw e;
        }
        length += bytes;
    }

    private void cut(IOException why) {
        try {
            disk.cut(length);
        } catch (IOException e) {
            broken = true;
            why.addSuppressed(e);
        }
    }

    @Override
    public long bytes() {
        return length + waiting.position();
    }

    @Override
    public long settled() {
        return settled;
    }

    @Override
    public long unsettled() {
        return unsettled;
    }

    @Override
    public long lost() {
        return lost;
    }

    @Override
    public boolean broken() {
        return broken;
    }

    @Override
    public void close() throws IOException {
        try (disk) {
            if (!broken) {
                flush();
                force();
            }
        } finally {
            lost += unsettled;
            unsettled = 0;
        }
    }

    private void force() throws IOException {
        try {
            disk.force();
        } catch (IOException e) {
            // What of it is on the disk is not known.
            broken = true;
            throw e;
        }
    }
}
