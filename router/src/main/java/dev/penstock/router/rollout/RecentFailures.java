package dev.penstock.router.rollout;

import java.util.ArrayList;
import java.util.List;

/// How many requests to the default arm failed in the last minutes: of slots, the oldest first. Immutable.
public record RecentFailures(List<Slot> slots) {
    public static final RecentFailures NONE = new RecentFailures(List.of());

    private static final long SLOT_MILLIS = 10_000;
    private static final int MOST = 12;

    /// @param number time by [#SLOT_MILLIS]
    public record Slot(long number, long requests, long failed) {}

    public RecentFailures {
        slots = List.copyOf(slots);
    }

    /// Whether all that was counted since then, up to now, is of the last minutes.
    ///
    /// @param sinceMillis 0 if nobody knows, and it is taken to be
    boolean isLately(long sinceMillis, long nowMillis) {
        return sinceMillis == 0 || nowMillis - sinceMillis < MOST * SLOT_MILLIS;
    }

    RecentFailures plus(long nowMillis, long requests, long failed) {
        long number = Math.floorDiv(nowMillis, SLOT_MILLIS);
        List<Slot> more = new ArrayList<>(slots);
        more.removeIf(slot -> slot.number() <= number - MOST || slot.number() > number);
        if (!more.isEmpty() && more.getLast().number() == number) {
            Slot last = more.removeLast();
            more.add(new Slot(number, last.requests() + requests, last.failed() + failed));
        } else if (requests > 0) {
            more.add(new Slot(number, requests, failed));
        }
        return new RecentFailures(more);
    }

    public long requests() {
        return slots.stream().mapToLong(Slot::requests).sum();
    }

    public long failed() {
        return slots.stream().mapToLong(Slot::failed).sum();
    }
}
