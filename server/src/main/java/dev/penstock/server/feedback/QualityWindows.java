package dev.penstock.server.feedback;

import dev.penstock.monitor.quality.LabelCounts;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What was predicted and labelled of a version, by when it was predicted: in steps of 5 minutes for a day,
/// and of
/// an hour for as long as labels may come. Minutes are since 1970. Not thread-safe.
final class QualityWindows {
    private static final long STEP = 5;
    private static final long LONG_STEP = 60;

    /// An hour more than the longest window of short steps.
    private static final long SHORT_MINUTES = 25 * LONG_STEP;

    private final long mostMinutes;

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
    QualityWindows(long mostMinutes) {
        this.mostMinutes = mostMinutes;
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
        long step = young ? STEP : LONG_STEP;
        return (young ? shorts : longs).computeIfAbsent(minute - Math.floorMod(minute, step), _ -> new Slice());
    }

    /// Puts short steps that are old into long ones, and drops what nobody asks for any more. To be called
    /// however often.
    void age(long nowMinute) {
        if (nowMinute == agedMinute) {
            return;
        }
        agedMinute = nowMinute;
        Map<Long, Slice> old = shorts.headMap(nowMinute - SHORT_MINUTES);
        old.forEach(
                (minute, slice) -> longs.computeIfAbsent(minute - Math.floorMod(minute, LONG_STEP), _ -> new Slice())
                        .add(slice));
        old.clear();
        longs.headMap(nowMinute - mostMinutes - LONG_STEP).clear();
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
