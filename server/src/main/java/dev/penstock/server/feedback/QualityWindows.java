package dev.penstock.server.feedback;

import dev.penstock.monitor.quality.LabelCounts;
import dev.penstock.monitor.recording.RecordingMemory;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What was predicted and labelled of a version, by when it was predicted: in steps of 5 minutes for a day,
/// and of
/// an hour for as long as labels may come. Minutes are since 1970. Where there is no memory for another step,
/// the oldest makes room, and what is older than all is not counted. Not thread-safe.
final class QualityWindows {
    private static final long STEP = 5;
    private static final long LONG_STEP = 60;

    /// An hour more than the longest window of short steps.
    private static final long SHORT_MINUTES = 25 * LONG_STEP;

    /// Of a step.
    static final long STEP_BYTES = LabelCounts.MOST_BYTES;

    private final long mostMinutes;
    private final RecordingMemory memory;

    /// By the minute in which they begin.
    private final TreeMap<Long, Slice> shorts = new TreeMap<>();

    private final TreeMap<Long, Slice> longs = new TreeMap<>();

    private long agedMinute = Long.MIN_VALUE;

    private static final class Slice {
        private final LabelCounts counts = new LabelCounts();
        private long predictions;

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
    /// @param memory of all versions; one step takes none of it
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
        Slice present = steps.get(begin);
        if (present != null) {
            return present;
        }
        Slice made = new Slice();
        if (hasRoom(begin)) {
            steps.put(begin, made);
        }
        return made;
    }

    /// Whether a step that begins then finds room, or is younger than one that makes some.
    private boolean hasRoom(long begin) {
        boolean first = longs.isEmpty() && shorts.isEmpty();
        if (first || memory.tryReserve(STEP_BYTES)) {
            return true;
        }
        TreeMap<Long, Slice> oldest = longs.isEmpty() ? shorts : longs;
        boolean younger = oldest.firstKey() < begin;
        if (younger) {
            oldest.pollFirstEntry();
        }
        return younger;
    }

    /// Puts short steps that are old into long ones, and drops what nobody asks for any more. To be called
    /// however often.
    void age(long nowMinute) {
        if (nowMinute == agedMinute) {
            return;
        }
        agedMinute = nowMinute;
        int before = steps();
        NavigableMap<Long, Slice> old = shorts.headMap(nowMinute - SHORT_MINUTES, false);
        while (!old.isEmpty()) {
            Map.Entry<Long, Slice> one = old.pollFirstEntry();
            // Its room is the other's, if that is new.
            longs.computeIfAbsent(one.getKey() - Math.floorMod(one.getKey(), LONG_STEP), _ -> new Slice())
                    .add(one.getValue());
        }
        longs.headMap(nowMinute - mostMinutes - LONG_STEP).clear();
        release(before, steps());
    }

    private int steps() {
        return shorts.size() + longs.size();
    }

    private void release(int before, int after) {
        memory.release(STEP_BYTES * (Math.max(0, before - 1) - Math.max(0, after - 1)));
    }

    /// Gives its memory back. It counts nothing any more.
    void close() {
        int before = steps();
        shorts.clear();
        longs.clear();
        release(before, 0);
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
