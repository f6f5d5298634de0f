package dev.penstock.server.memory;

import dev.penstock.server.memory.Holding.Hold;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Who must leave so that one more version fits. All of it is planned before anybody leaves, and if it would
/// not suffice, nobody does. Pure.
public final class RoomPlan {
    private RoomPlan() {}

    /// @param budgetBytes for all versions together; [MemoryBudget#NONE] for no limit
    /// @param needBytes of the one that is to be loaded
    public static Room decide(long budgetBytes, long needBytes, List<Holding> holdings, long nowNanos) {
        long usedBytes = Holding.totalBytes(holdings);
        if (budgetBytes == MemoryBudget.NONE || usedBytes + needBytes <= budgetBytes) {
            return new Room.Fits(List.of());
        }
        long missingBytes = usedBytes + needBytes - budgetBytes;
        long idleBytes = 0;
        long passingBytes = 0;
        for (Holding holding : holdings) {
            idleBytes += holding.hold() == Hold.IDLE ? holding.bytes() : 0;
            passingBytes += holding.hold() == Hold.RESIDENT ? 0 : holding.bytes();
        }
        if (idleBytes >= missingBytes) {
            return new Room.Fits(leave(missingBytes, holdings, nowNanos));
        }
        Shortage shortage = new Shortage(budgetBytes, needBytes, holdings);
        return passingBytes >= missingBytes ? new Room.Later(shortage) : new Room.Never(shortage);
    }

    /// The least recently used first, as many as it takes; then those stay after all without which it is
    /// enough, the most recently used first: one large version that goes saves many small ones.
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
}
