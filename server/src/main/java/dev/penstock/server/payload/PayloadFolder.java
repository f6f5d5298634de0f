package dev.penstock.server.payload;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/// A folder of files of what was asked and answered. Confined to one thread.
final class PayloadFolder implements RecordQueue.Destination {
    static final String PREFIX = "payload-";

    private final RecordFolder<PayloadRecord> folder;

    /// @throws IOException as [RecordFolder] does
    PayloadFolder(Path folder, PayloadFormat format, RecordFolder.Limits limits, String server, InstantSource time)
            throws IOException {
        this(folder, new RecordFolder.Form<>(PREFIX, format.suffix(), format::open), limits, server, time);
    }

    PayloadFolder(
            Path folder,
            RecordFolder.Form<PayloadRecord> form,
            RecordFolder.Limits limits,
            String server,
            InstantSource time)
            throws IOException {
        this.folder = new RecordFolder<>(folder, form, limits, server, time);
    }

    @Override
    public void write(PayloadRecord record) throws IOException {
        folder.write(record);
    }

    @Override
    public void tick() throws IOException {
        folder.tick();
    }

    @Override
    public long unsettled() {
        return folder.unsettled();
    }

    @Override
    public long lost() {
        return folder.lost();
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
