package dev.penstock.server.payload;

import java.io.IOException;

/// A file of records that is being written. Confined to one thread.
interface RecordFile<R> extends AutoCloseable {
    /// Takes a record, or throws and has not.
    ///
    /// @throws IOException if the disk is at fault; anything else is the record's fault and leaves the
    ///     file alone
    void write(R record) throws IOException;

    /// How long it is, about.
    long bytes();

    /// Has readers see what was written, where its form allows that before its end.
    default void flush() throws IOException {}

    /// Records that readers see.
    long settled();

    /// Records that it took and may yet lose.
    long unsettled();

    /// Records that it took and lost.
    long lost();

    /// Whether what was written to it last is there in part, so that nothing may follow.
    boolean broken();

    /// Ends it and has it on the disk, or, if it is broken, only lets it go. Nothing is unsettled then, even if
    /// this throws.
    @Override
    void close() throws IOException;
}
