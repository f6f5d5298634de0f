package dev.penstock.monitor.quality;

import java.util.Arrays;

/// How often each class was predicted and each was the label, of classes below [#MOST]; of others only how many
/// there were. It takes memory for what was seen, not for what may be. Not thread-safe.
final class ClassCounts {
    static final int MOST = 32;

    private static final long PLACE_BYTES = Short.BYTES + Long.BYTES;

    static final long MOST_BYTES = MOST * MOST * PLACE_BYTES;

    /// One label of so many may be of another class before the others say nothing any more.
    private static final long BEYOND = 100;

    /// Of each predicted class in turn, its labels: `predicted * MOST + label`, ascending.
    private short[] places = {};

    /// How often, by place.
    private long[] counts = {};

    private int size;
    private int classes;
    private long total;
    private long beyond;

    void add(int predicted, int label) {
        total++;
        if (Math.max(predicted, label) >= MOST) {
            beyond++;
        } else {
            addAt((short) (predicted * MOST + label), 1);
        }
    }

    private void addAt(short place, long count) {
        int found = Arrays.binarySearch(places, 0, size, place);
        if (found >= 0) {
            counts[found] += count;
            return;
        }
        int at = -1 - found;
        if (size == places.length) {
            int more = Math.min(MOST * MOST, size + Math.max(4, size / 2));
            places = Arrays.copyOf(places, more);
            counts = Arrays.copyOf(counts, more);
        }
        System.arraycopy(places, at, places, at + 1, size - at);
        System.arraycopy(counts, at, counts, at + 1, size - at);
        places[at] = place;
        counts[at] = count;
        size++;
        classes = Math.max(classes, Math.max(place / MOST, place % MOST) + 1);
    }

    void add(ClassCounts other) {
        total += other.total;
        beyond += other.beyond;
        for (int i = 0; i < other.size; i++) {
            addAt(other.places[i], other.counts[i]);
        }
    }

    /// That it takes now.
    long bytes() {
        return places.length * PLACE_BYTES;
    }

    /// Of at least `least` classes; of none if there are too many.
    long[] cells(int least) {
        if (least > MOST || beyond * BEYOND > total) {
            return new long[0];
        }
        int wide = Math.max(classes, Math.max(2, least));
        long[] cells = new long[wide * wide];
        for (int i = 0; i < size; i++) {
            cells[places[i] / MOST * wide + places[i] % MOST] = counts[i];
        }
        return cells;
    }
}
