package dev.penstock.server.payload;

import dev.penstock.core.NanoClock;
import dev.penstock.server.calls.CallQueue;
import dev.penstock.server.calls.FinishedCall;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToLongFunction;

/// Writes to files which arm of a route had which request. Confined to the thread of its [CallQueue], but for
/// [#close], which comes after it.
public final class ExposureLog implements CallQueue.Writer, AutoCloseable {
    static final String PREFIX = "exposures-";

    private static final System.Logger LOG = System.getLogger(ExposureLog.class.getName());

    private final RecordFolder<ExposureLine> folder;
    private final ExposedCalls exposed;
    private long lost;

    /// Whether lines could not be written, and none were since: that is said once.
    private boolean failing;

    /// What is written to.
    interface Disks {
        Disk of(Path file) throws IOException;
    }

    /// @param assignments how often units of a route were dealt anew, by its name; 0 if that is not known
    /// @throws IOException if the folder cannot be had
    public ExposureLog(
            ExposureSettings settings, ToLongFunction<String> assignments, NanoClock clock, InstantSource time)
            throws IOException {
        this(settings, assignments, clock, time, Disk::of);
    }

    /// @param disks of files
    ExposureLog(
            ExposureSettings settings,
            ToLongFunction<String> assignments,
            NanoClock clock,
            InstantSource time,
            Disks disks)
            throws IOException {
        String server = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        RecordFolder.Form<ExposureLine> form =
                new RecordFolder.Form<>(PREFIX, ".jsonl", file -> new JsonFile<>(disks.of(file), ExposureLine::bytes));
        RecordFolder.Limits limits =
                new RecordFolder.Limits(settings.fileBytes(), settings.fileAge(), settings.totalBytes());
        this.folder = new RecordFolder<>(settings.folder(), form, limits, server, time);
        this.exposed = new ExposedCalls(assignments, clock, time);
    }

    @Override
    public int write(List<FinishedCall> calls) {
        int refused = exposed.hand(calls, this::write);
        return refused + idle();
    }

    private boolean write(ExposureLine line) {
        try {
            folder.write(line);
            return true;
        } catch (IOException e) {
            failed(e);
            return false;
        }
    }

    @Override
    public boolean wantsIdle() {
        return true;
    }

    @Override
    public int idle() {
        boolean waiting = folder.unsettled() > 0;
        try {
            folder.tick();
            // What is only taken is not written.
            failing = failing && !waiting;
        } catch (IOException e) {
            failed(e);
        }
        long before = lost;
        lost = folder.lost();
        return Math.toIntExact(lost - before);
    }

    private void failed(IOException why) {
        if (!failing) {
            failing = true;
            LOG.log(System.Logger.Level.WARNING, "exposures cannot be written to " + folder, why);
        }
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
