package dev.penstock.loadtest.engine;

import dev.penstock.loadtest.latency.Latencies;
import dev.penstock.loadtest.latency.LatencyCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Puts the windows of all loops together. Confined to the thread that waits for a run, which may have to
/// share a processor with the loops: what it does for a window is soon done.
final class WindowSums {
    private static final int ENDED = Integer.MAX_VALUE;

    private final LatencyCounts latency = new LatencyCounts();

    /// Empty but for while parts of a window are put together.
    private final LatencyCounts together = new LatencyCounts();

    private final List<LoadWindow> finished = new ArrayList<>();
    private final List<Sum> sums = new ArrayList<>();

    /// Of each loop, which window it hands over next.
    private final int[] next;

    private long overflowed;
    private long fromNanos;

    /// What loops counted in a window that some of them have not finished. There may be many of them, so each
    /// is small.
    private static final class Sum {
        final List<Latencies> parts = new ArrayList<>();
        long due;
        long failed;
        long overflowed;
        long nanos;
    }

    WindowSums(int loops) {
        this.next = new int[loops];
    }

    /// Takes what a loop has handed over. The tally is the loop's again afterwards.
    void add(WindowTally tally) {
        latency.add(tally.latency);
        overflowed += tally.overflowed;
        if (tally.nanos > 0) {
            addToWindow(tally);
            next[tally.part] = tally.index + 1;
        }
        if (tally.last) {
            next[tally.part] = ENDED;
        }
    }

    private void addToWindow(WindowTally tally) {
        while (finished.size() + sums.size() <= tally.index) {
            sums.add(new Sum());
        }
        Sum sum = sums.get(tally.index - finished.size());
        sum.parts.add(tally.latency.toLatencies());
        sum.due += tally.due;
        sum.failed += tally.failed;
        sum.overflowed += tally.overflowed;
        sum.nanos = Math.max(sum.nanos, tally.nanos);
    }

    /// Takes the next window that all loops have finished.
    @Nullable
    LoadWindow poll() {
        OptionalInt slowest = Arrays.stream(next).min();
        if (sums.isEmpty() || slowest.orElse(ENDED) <= finished.size()) {
            return null;
        }
        LoadWindow window = finish(sums.removeFirst());
        finished.add(window);
        return window;
    }

    private LoadWindow finish(Sum sum) {
        Latencies latencies = together(sum.parts);
        LoadWindow window = new LoadWindow(
                Duration.ofNanos(fromNanos),
                Duration.ofNanos(sum.nanos),
                sum.due,
                latencies.count(),
                sum.failed,
                sum.overflowed,
                latencies);
        fromNanos += sum.nanos;
        return window;
    }

    private Latencies together(List<Latencies> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        parts.forEach(together::add);
        Latencies all = together.toLatencies();
        together.reset();
        return all;
    }

    /// Whether all loops have ended.
    boolean isComplete() {
        return Arrays.stream(next).allMatch(window -> window == ENDED);
    }

    List<LoadWindow> windows() {
        return finished;
    }

    /// Of all requests that count, also those whose answers came later than the last window.
    Histogram latency() {
        return latency.toHistogram();
    }

    long overflowed() {
        return overflowed;
    }
}
