package dev.penstock.server.registry;

import dev.penstock.server.source.FetchProgress;

/// Passes on what people notice of a download: each percent, or each 16 MiB where the whole is not known. For
/// one thread.
final class DownloadSteps implements FetchProgress {
    private static final double PERCENT = 100;
    private static final long STEP_BYTES = 16 << 20;

    private final FetchProgress told;
    private long last = -1;

    DownloadSteps(FetchProgress told) {
        this.told = told;
    }

    @Override
    public void bytes(long done, long total) {
        // In this order: a hundred times a large file is more than a long.
        long step = total <= 0 ? done / STEP_BYTES : (long) ((double) done / (double) total * PERCENT);
        if (step != last || done == total) {
            last = step;
            told.bytes(done, total);
        }
    }
}
