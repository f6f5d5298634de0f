package dev.penstock.server.memory;

import dev.penstock.server.memory.Holding.Hold;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Why a version does not fit, as of one moment.
///
/// @param needBytes of the version
/// @param holdings of all others
public record Shortage(long budgetBytes, long needBytes, List<Holding> holdings) {
    static final String SETTING = "memory.budget";
    private static final int TOLD = 3;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    public Shortage {
        holdings = List.copyOf(holdings);
    }

    /// It in numbers. Made when it is asked for: most shortages pass, and nobody is told.
    public String reason() {
        long usedBytes = Holding.totalBytes(holdings);
        String most = holdings.stream()
                .sorted(Comparator.comparingLong(Holding::bytes).reversed())
                .limit(TOLD)
                .map(holding -> "%s %s%s".formatted(holding.key(), mebibytes(holding.bytes()), note(holding.hold())))
                .collect(Collectors.joining(", "));
        return "there is no room for it now: it needs %s, and of %s, %s, %s are free%s"
                .formatted(
                        mebibytes(needBytes),
                        SETTING,
                        mebibytes(budgetBytes),
                        mebibytes(Math.max(0, budgetBytes - usedBytes)),
                        most.isEmpty() ? "" : "; of %d others most is held by %s".formatted(holdings.size(), most));
    }

    private static String note(Hold hold) {
        return switch (hold) {
            case RESIDENT -> "";
            case IDLE -> " (on demand)";
            case BUSY -> " (on demand, in use)";
            case LEAVING -> " (leaving)";
        };
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", (double) bytes / BYTES_PER_MEBIBYTE);
    }
}
