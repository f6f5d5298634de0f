package dev.penstock.server.payload;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A record in each line, as JSON. Confined to one thread.
final class JsonFile implements RecordFile {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final FileChannel channel;
    private final OutputStream out;
    private long bytes;

    /// @param file that is not there yet
    JsonFile(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
    }

    @Override
    public void write(PayloadRecord record) throws IOException {
        byte[] line = PayloadJson.line(record);
        out.write(line);
        bytes += line.length;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            out.flush();
            channel.force(true);
        }
    }
}
