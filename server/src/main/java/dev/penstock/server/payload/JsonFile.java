package dev.penstock.server.payload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A record in each line, as JSON. Confined to one thread.
///
/// What a full disk took of some lines is cut off again, so that only whole lines are in it, and the next ones
/// are written where the whole ones end.
final class JsonFile implements RecordFile {
    static final int BUFFER_BYTES = 64 * 1024;

    private final SeekableByteChannel channel;

    /// Whole lines that are not in the file.
    private final ByteBuffer waiting = ByteBuffer.allocate(BUFFER_BYTES);

    /// Of whole lines in the file.
    private long length;

    private long settled;
    private long unsettled;
    private long lost;
    private boolean broken;

    /// @param file that is there and empty
    JsonFile(Path file) throws IOException {
        this(Files.newByteChannel(file, StandardOpenOption.WRITE));
    }

    /// @param channel empty; closed with this
    JsonFile(SeekableByteChannel channel) {
        this.channel = channel;
    }

    @Override
    public void write(PayloadRecord record) throws IOException {
        byte[] line = PayloadJson.line(record);
        if (line.length > waiting.remaining()) {
            flush();
        }
        if (line.length > waiting.remaining()) {
            append(ByteBuffer.wrap(line));
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
        waiting.flip();
        boolean done = false;
        try {
            append(waiting);
            done = true;
        } finally {
            waiting.clear();
            settled += done ? unsettled : 0;
            lost += done ? 0 : unsettled;
            unsettled = 0;
        }
    }

    private void append(ByteBuffer lines) throws IOException {
        int bytes = lines.remaining();
        try {
            while (lines.hasRemaining()) {
                int _ = channel.write(lines);
            }
        } catch (IOException e) {
            cut(e);
            throw e;
        }
        length += bytes;
    }

    private void cut(IOException why) {
        try {
            SeekableByteChannel _ = channel.truncate(length);
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
        try (channel) {
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
        if (channel instanceof FileChannel file) {
            try {
                file.force(true);
            } catch (IOException e) {
                // What of it is on the disk is not known.
                broken = true;
                throw e;
            }
        }
    }
}
