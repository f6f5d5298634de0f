package dev.penstock.server;

import java.io.PrintStream;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Tells a person how far an upload and what follows it are: one line that changes on a terminal, else a line
/// for each step. Thread-safe.
final class UploadProgress {
    private static final int BAR_CHARS = 30;
    private static final long PERCENT = 100;

    private final PrintStream out;
    private final boolean terminal;
    private final long totalBytes;
    private long shownPercent = -1;
    private int shownChars;

    /// @param terminal whether a line can be written over
    UploadProgress(PrintStream out, boolean terminal, long totalBytes) {
        this.out = out;
        this.terminal = terminal;
        this.totalBytes = totalBytes;
    }

    /// @param bytes so far
    synchronized void sent(long bytes) {
        boolean first = shownPercent < 0;
        if (terminal) {
            bar("uploading", bytes, totalBytes);
        } else if (first) {
            out.println("uploading " + ModelDetails.size(totalBytes));
        }
        shownPercent = percent(bytes, totalBytes);
    }

    private static long percent(long bytes, long total) {
        return total == 0 ? PERCENT : Math.min(PERCENT, (long) ((double) bytes / (double) total * (double) PERCENT));
    }

    private void bar(String what, long bytes, long total) {
        long percent = percent(bytes, total);
        if (percent != shownPercent) {
            int full = (int) (percent * BAR_CHARS / PERCENT);
            rewrite("%s [%s%s] %3d %% of %s"
                    .formatted(
                            what, "#".repeat(full), ".".repeat(BAR_CHARS - full), percent, ModelDetails.size(total)));
        }
    }

    /// @param event of a version's life, as the admin API writes it
    synchronized void event(JsonNode event) {
        String detail = ModelDetails.field(event, "detail");
        String phase = ModelDetails.field(event, "phase").toLowerCase(Locale.ROOT);
        String line = detail.isEmpty() ? phase : phase + ": " + detail;
        long bytes = event.path("bytes").asLong(0);
        long total = event.path("total_bytes").asLong(0);
        if (bytes > 0 && terminal) {
            fetched(phase, bytes, total);
        } else if (terminal) {
            shownPercent = -1;
            rewrite(line);
        } else if (bytes == total) {
            // Of what the server fetches, a log needs only the begin and the end.
            out.println(line);
        }
    }

    private void fetched(String phase, long bytes, long total) {
        if (total > 0) {
            bar(phase, bytes, total);
            shownPercent = percent(bytes, total);
        } else {
            rewrite("%s %s".formatted(phase, ModelDetails.size(bytes)));
        }
    }

    private void rewrite(String line) {
        out.print("\r" + line + " ".repeat(Math.max(0, shownChars - line.length())));
        out.flush();
        shownChars = line.length();
    }

    /// Leaves the line, so that something else can follow.
    synchronized void end() {
        if (terminal && shownChars > 0) {
            rewrite("");
            out.print("\r");
            out.flush();
        }
    }
}
