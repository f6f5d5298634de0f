package dev.penstock.server.memory;

import dev.penstock.server.memory.Holding.Hold;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Who must leave so that one more version fits. All of it is planned before anybody leaves, and if it would
/// not
/// suffice, nobody does. Pure.
public final class RoomPlan {
    static final String SETTING = "memory.budget";
    private static final int TOLD = 3;
    private static final double BYTES_PER_MEBIBYTE = 1 << 20;

    private RoomPlan() {}

    /// @param budgetBytes for all versions together; [MemoryBudget#NONE] for no limit
    /// @param needBytes of the one that is to be loaded
    public static Room decide(long budgetBytes, long needBytes, List<Holding> holdings, long nowNanos) {
        long usedBytes = holdings.stream().mapToLong(Holding::bytes).sum();
        if (budgetBytes == MemoryBudget.NONE || usedBytes + needBytes <= budgetBytes) {
            return new Room.Fits(List.of());
        }
        long missingBytes = usedBytes + needBytes - budgetBytes;
        List<Holding> leave = leave(missingBytes, holdings, nowNanos);
        if (sum(leave) >= missingBytes) {
            return new Room.Fits(leave);
        }
        String reason = reason(budgetBytes, needBytes, usedBytes, holdings);
        long passing = holdings.stream()
                .filter(holding -> holding.hold() != Hold.RESIDENT)
                .mapToLong(Holding::bytes)
                .sum();
        return passing >= missingBytes ? new Room.Later(reason) : new Room.Never(reason);
    }

    /// The least recently used first, as many as it takes; then those stay after all without which it is
    /// enough,
    /// the most recently used first: one large version that goes saves many small ones.
    private static List<Holding> leave(long missingBytes, List<Holding> holdings, long nowNanos) {
        List<Holding> idle = new ArrayList<>(
                holdings.stream().filter(holding -> holding.hold() == Hold.IDLE).toList());
        idle.sort(Comparator.comparingLong((Holding holding) -> nowNanos - holding.lastUsedNanos())
                .reversed());
        List<Holding> leave = new ArrayList<>();
        long freed = 0;
        for (Holding holding : idle) {
            if (freed >= missingBytes) {
                break;
            }
            leave.add(holding);
            freed += holding.bytes();
        }
        for (int i = leave.size() - 1; i >= 0; i--) {
            long without = freed - leave.get(i).bytes();
            if (without >= missingBytes) {
                leave.remove(i);
                freed = without;
            }
        }
        return leave;
    }

    private static long sum(List<Holding> holdings) {
        return holdings.stream().mapToLong(Holding::bytes).sum();
    }

    private static String reason(long budgetBytes, long needBytes, long usedBytes, List<Holding> holdings) {
        String most = holdings.stream()
                .sorted(Comparator.comparingLong(Holding::bytes).reversed())
                .limit(TOLD)
                .map(holding -> "%s %s%s".formatted(holding.key(), bytes(holding.bytes()), note(holding.hold())))
                .collect(Collectors.joining(", "));
        return "there is no room for it now: it needs %s, and of %s, %s, %s are free%s"
                .formatted(
                        bytes(needBytes),
                        SETTING,
                        bytes(budgetBytes),
                        bytes(Math.max(0, budgetBytes - usedBytes)),
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

    private static String bytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", (double) bytes / BYTES_PER_MEBIBYTE);
    }
}
