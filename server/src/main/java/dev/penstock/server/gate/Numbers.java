package dev.penstock.server.gate;

import java.util.Locale;

/// Numbers as people read them. Pure.
final class Numbers {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    private Numbers() {}

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f ms", (double) nanos / NANOS_PER_MILLI);
    }

    /// Small amounts exactly, larger ones in MiB.
    static String bytes(long bytes) {
        return bytes < 1 << 20
                ? bytes + " bytes"
                : String.format(Locale.ROOT, "%.1f MiB", (double) bytes / BYTES_PER_MEBIBYTE);
    }
}
