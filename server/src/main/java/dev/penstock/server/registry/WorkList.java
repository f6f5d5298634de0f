package dev.penstock.server.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/// Which models are to be worked on, and when: each by one worker at a time, and what fails later and later.
/// Time is passed in. Not thread-safe.
final class WorkList {
    /// Nothing is due at any time.
    static final long NEVER = Long.MAX_VALUE;

    private final RetryDelays delays;
    private final DoubleSupplier random;
    private final Map<String, Item> items = new HashMap<>();

    private static final class Item {
        private long dueNanos;
        private int failures;
        private boolean running;

        /// Asked for while it was worked on.
        private boolean again;

        Item(long dueNanos) {
            this.dueNanos = dueNanos;
        }
    }

    /// @param random from 0 to 1
    WorkList(RetryDelays delays, DoubleSupplier random) {
        this.delays = delays;
        this.random = random;
    }

    /// To be done as soon as can be, whatever happened before.
    void want(String model, long nowNanos) {
        Item item = items.computeIfAbsent(model, _ -> new Item(nowNanos));
        item.failures = 0;
        item.again = item.running;
        item.dueNanos = nowNanos;
    }

    /// To be done, unless it is to be done already.
    void add(String model, long nowNanos) {
        items.computeIfAbsent(model, _ -> new Item(nowNanos));
    }

    boolean has(String model) {
        return items.containsKey(model);
    }

    /// Takes what is due: what failed least first, and of that what is due longest.
    ///
    /// @return null if nothing is due
    @Nullable
    String take(long nowNanos) {
        String best = null;
        Item bestItem = null;
        for (Map.Entry<String, Item> entry : items.entrySet()) {
            Item item = entry.getValue();
            if (!item.running && item.dueNanos - nowNanos <= 0 && (bestItem == null || before(item, bestItem))) {
                best = entry.getKey();
                bestItem = item;
            }
        }
        if (bestItem != null) {
            bestItem.running = true;
        }
        return best;
    }

    private static boolean before(Item one, Item other) {
        return one.failures == other.failures ? one.dueNanos - other.dueNanos < 0 : one.failures < other.failures;
    }

    /// How long until something is due; 0 if something is, [#NEVER] if nothing will be.
    long untilNanos(long nowNanos) {
        long until = NEVER;
        for (Item item : items.values()) {
            if (!item.running) {
                until = Math.min(until, Math.max(0, item.dueNanos - nowNanos));
            }
        }
        return until;
    }

    /// What was taken is done.
    void done(String model, long nowNanos) {
        Item item = taken(model);
        if (item.again) {
            item.again = false;
            item.dueNanos = nowNanos;
        } else {
            items.remove(model);
        }
    }

    /// What was taken is done for now, and is to be looked at again.
    void later(String model, long afterNanos, long nowNanos) {
        Item item = taken(model);
        item.failures = 0;
        item.dueNanos = nowNanos + (item.again ? 0 : afterNanos);
        item.again = false;
    }

    /// What was taken could not be done.
    void failed(String model, long nowNanos) {
        Item item = taken(model);
        if (item.again) {
            later(model, 0, nowNanos);
            return;
        }
        item.failures++;
        item.dueNanos = nowNanos + delays.nanos(item.failures, random.getAsDouble());
    }

    private Item taken(String model) {
        Item item = items.get(model);
        if (item == null) {
            throw new IllegalStateException(model + " was not taken");
        }
        item.running = false;
        return item;
    }
}
