package dev.penstock.server.feedback;

import dev.penstock.monitor.quality.LabelCounts;
import dev.penstock.monitor.recording.RecordingMemory;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What was predicted and labelled of a version, by when it was predicted: in steps of 5 minutes for a day,
/// and of an hour for as long as labels may come. Minutes are since 1970. Each step takes memory for what was
/// counted in it. Where there is none for another one, or for more of one, the oldest makes room, and what is
/// older than all is not counted. Not thread-safe.
final class QualityWindows {
    private static final long STEP = 5;
    private static final long LONG_STEP = 60;

    /// An hour more than the longest window of short steps.
    private static final long SHORT_MINUTES = 25 * LONG_STEP;

    /// That each version has beside the memory of all: one step, however much is counted in it.
    static final long OWN_BYTES = LabelCounts.MOST_BYTES;

    private final long mostMinutes;
    private final RecordingMemory memory;

    /// By the minute in which they begin.
    private final TreeMap<Long, Slice> shorts = new TreeMap<>();

    private final TreeMap<Long, Slice> longs = new TreeMap<>();

    private long agedMinute = Long.MIN_VALUE;

    /// What all steps take, as far as that was looked at, and what of it is reserved.
    private long heldBytes;

    private long reservedBytes;

    /// What is counted in may take more by now.
    private @Nullable Slice touched;

    private static final class Slice {
        private final LabelCounts counts = new LabelCounts();
        private long predictions;

        /// That are among what all steps take.
        private long heldBytes;

        void add(Slice other) {
            counts.add(other.counts);
            predictions += other.predictions;
        }
    }

    /// All of a time.
    ///
    /// @param fromMinute when it begins
    /// @param predictions rows that were answered here, with tokens
    record Sum(long fromMinute, LabelCounts counts, long predictions) {}

    /// @param mostMinutes between a prediction and its label
    /// @param memory of all versions; [#OWN_BYTES] are not taken of it
    QualityWindows(long mostMinutes, RecordingMemory memory) {
        this.mostMinutes = mostMinutes;
        this.memory = memory;
    }

    /// Where a label of a prediction of that minute counts.
    LabelCounts at(long minute, long nowMinute) {
        return slice(minute, nowMinute).counts;
    }

    void predicted(long rows, long nowMinute) {
        if (rows > 0) {
            slice(nowMinute, nowMinute).predictions += rows;
        }
    }

    private Slice slice(long minute, long nowMinute) {
        boolean young = minute > nowMinute - SHORT_MINUTES + LONG_STEP;
        Map<Long, Slice> steps = young ? shorts : longs;
        long step = young ? STEP : LONG_STEP;
        long begin = minute - Math.floorMod(minute, step);
        settle();
        Slice slice = steps.get(begin);
        if (slice == null) {
            slice = new Slice();
            if (hasRoom(begin)) {
                steps.put(begin, slice);
                hold(slice);
            }
        }
        touched = slice;
        return slice;
    }

    /// Takes room for what was counted since, at the cost of the oldest steps.
    private void settle() {
        Slice grown = touched;
        touched = null;
        if (grown == null || grown.heldBytes == 0) {
            return;
        }
        hold(grown);
        makeRoom(grown);
    }

    /// @param but that one, which is counted in
    private void makeRoom(@Nullable Slice but) {
        boolean fits = reserve(0);
        while (!fits && dropOldest(but)) {
            fits = reserve(0);
        }
    }

    private void hold(Slice slice) {
        long now = slice.counts.bytes();
        heldBytes += now - slice.heldBytes;
        slice.heldBytes = now;
    }

    /// Has all that is held reserved, but for what each version has anyway.
    ///
    /// @param more to be held besides
    private boolean reserve(long more) {
        long wanted = Math.max(0, heldBytes + more - OWN_BYTES);
        if (wanted > reservedBytes && !memory.tryReserve(wanted - reservedBytes)) {
            return false;
        }
        memory.release(Math.max(0, reservedBytes - wanted));
        reservedBytes = wanted;
        return true;
    }

    /// Whether a step that begins then finds room, or is younger than those that make some.
    private boolean hasRoom(long begin) {
        boolean fits = reserve(LabelCounts.EMPTY_BYTES);
        while (!fits && oldestBegin() < begin && dropOldest(null)) {
            fits = reserve(LabelCounts.EMPTY_BYTES);
        }
        return fits;
    }

    private long oldestBegin() {
        return longs.isEmpty() ? shorts.firstKey() : longs.firstKey();
    }

    /// @return whether there was one
    private boolean dropOldest(@Nullable Slice but) {
        return dropFirst(longs, but) || dropFirst(shorts, but);
    }

    private boolean dropFirst(Map<Long, Slice> ascending, @Nullable Slice but) {
        Iterator<Slice> all = ascending.values().iterator();
        while (all.hasNext()) {
            Slice slice = all.next();
            if (slice != but) {
                all.remove();
                heldBytes -= slice.heldBytes;
                slice.heldBytes = 0;
                return true;
            }
        }
        return false;
    }

    /// Puts short steps that are old into long ones, and drops what nobody asks for any more. To be called
    /// however often.
    void age(long nowMinute) {
        if (nowMinute == agedMinute) {
            return;
        }
        agedMinute = nowMinute;
        settle();
        NavigableMap<Long, Slice> old = shorts.headMap(nowMinute - SHORT_MINUTES, false);
        while (!old.isEmpty()) {
            Map.Entry<Long, Slice> one = old.pollFirstEntry();
            longs.computeIfAbsent(one.getKey() - Math.floorMod(one.getKey(), LONG_STEP), _ -> new Slice())
                    .add(one.getValue());
        }
        longs.headMap(nowMinute - mostMinutes - LONG_STEP).clear();
        holdAnew();
    }

    private void holdAnew() {
        heldBytes = 0;
        longs.values().forEach(this::holdFromNothing);
        shorts.values().forEach(this::holdFromNothing);
        makeRoom(null);
    }

    private void holdFromNothing(Slice slice) {
        slice.heldBytes = 0;
        hold(slice);
    }

    /// Gives its memory back. It counts nothing any more.
    void close() {
        shorts.clear();
        longs.clear();
        touched = null;
        holdAnew();
    }

    /// What was predicted in the last time of that length. It begins with the step that its beginning lies in.
    ///
    /// @param length null for all
    Sum last(@Nullable Duration length, long nowMinute) {
        long from = length == null ? 0 : nowMinute - length.toMinutes();
        long first = nowMinute;
        Slice sum = new Slice();
        for (Map.Entry<Long, Slice> one :
                longs.tailMap(from - Math.floorMod(from, LONG_STEP)).entrySet()) {
            sum.add(one.getValue());
            first = Math.min(first, one.getKey());
        }
        for (Map.Entry<Long, Slice> one :
                shorts.tailMap(from - Math.floorMod(from, STEP)).entrySet()) {
            sum.add(one.getValue());
            first = Math.min(first, one.getKey());
        }
        return new Sum(length == null ? first : from, sum.counts, sum.predictions);
    }
}
