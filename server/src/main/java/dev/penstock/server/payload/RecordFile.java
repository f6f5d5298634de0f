package dev.penstock.server.payload;

import java.io.IOException;

/// A file of records that is being written. Confined to one thread.
interface RecordFile extends AutoCloseable {
    void write(PayloadRecord record) throws IOException;

    /// How long it is, about.
    long bytes();

    /// Has readers see what was written, where its form allows that before its end.
    default void flush() throws IOException {}

    /// Ends it and has it on the disk.
    @Override
    void close() throws IOException;
}
