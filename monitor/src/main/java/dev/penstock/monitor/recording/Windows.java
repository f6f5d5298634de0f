package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import dev.penstock.monitor.recording.SnapshotRing.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What was counted by one plan lately, over all replicas: sliding windows, and sub-windows one after another.
///
/// A window is the difference of two cumulative snapshots of each replica's life, so nothing is ever reset, and
/// a replica that starts again is another source. Times are milliseconds since 1970 and passed in; one that
/// lies before an earlier one counts as that. Not thread-safe.
public final class Windows {
    /// Lives of replicas that are kept. Of more, new ones are not taken until old ones have left the longest
    /// window.
    public static final int MOST_REPLICAS = 256;

    private final MonitorPlan plan;
    private final WindowSettings settings;
    private final Map<Replica, Source> sources = new HashMap<>();
    private long nowMillis;
    private long closedMillis;

    /// One replica's life.
    private final class Source {
        private final SnapshotRing shorts =
                new SnapshotRing(settings.subWindow().toMillis(), settings.subWindows());
        private final SnapshotRing longs = new SnapshotRing(settings.longStep().toMillis(), settings.longSteps());
        private final long epochMillis;
        private Taken latest;

        /// When the last sub-window ended.
        private Cumulative closed;

        Source(Replica replica, Taken taken) {
            this.epochMillis = replica.epoch();
            // What it counted before it was first seen belongs to this sub-window only if it began within it.
            this.closed = replica.epoch() >= closedMillis ? Cumulative.zero(plan) : taken.counts();
            this.latest = taken;
            shorts.offer(taken);
            longs.offer(taken);
        }

        void keep(Taken taken) {
            latest = taken;
            shorts.offer(taken);
            longs.offer(taken);
        }

        /// What it had counted at the beginning of the step in which a window begins, or as soon after it as is
        /// known.
        Taken at(long millis) {
            SnapshotRing ring = shorts.covers(millis, nowMillis) ? shorts : longs;
            long begin = ring.begin(millis);
            if (begin <= epochMillis) {
                return new Taken(begin, Cumulative.zero(plan));
            }
            Taken first = ring.from(millis);
            return first == null ? latest : first;
        }

        /// Adds what it counted between two snapshots, step by step where not all of it was recorded: each step
        /// is weighed by itself.
        void addTo(Strata strata, Taken from, Taken to) {
            Cumulative all = to.counts().minus(from.counts());
            if (all.seen() == all.recorded()) {
                strata.add(all);
                return;
            }
            Cumulative before = from.counts();
            for (Taken taken : steps(from, to)) {
                strata.add(taken.counts().minus(before));
                before = taken.counts();
            }
            strata.add(to.counts().minus(before));
        }

        private List<Taken> steps(Taken from, Taken to) {
            List<Taken> all = new ArrayList<>(longs.between(from.atMillis(), to.atMillis()));
            all.addAll(shorts.between(from.atMillis(), to.atMillis()));
            all.sort(Comparator.comparingLong(Taken::atMillis));
            return all;
        }
    }

    /// @param startMillis when the first sub-window begins
    public Windows(MonitorPlan plan, WindowSettings settings, long startMillis) {
        this.plan = plan;
        this.settings = settings;
        this.nowMillis = startMillis;
        this.closedMillis = startMillis;
    }

    public MonitorPlan plan() {
        return plan;
    }

    /// Takes a snapshot of a replica's life. One that has counted less than an earlier one is older, and left
    /// out.
    ///
    /// @return false if there are too many replicas
    public boolean put(Replica replica, Cumulative counts, long atMillis) {
        Check.argument(
                counts.plan().id().equals(plan.id()),
                "counts of plan %s (expected: of %s)",
                counts.plan().id(),
                plan.id());
        advance(atMillis);
        Taken taken = new Taken(nowMillis, counts);
        Source source = sources.get(replica);
        if (source == null) {
            if (sources.size() >= MOST_REPLICAS) {
                return false;
            }
            sources.put(replica, new Source(replica, taken));
        } else if (counts.isAfter(source.latest.counts())) {
            source.keep(taken);
        }
        return true;
    }

    /// Takes what another replica's life had counted at a moment that is over. What it had counted by then is
    /// in windows, and in no sub-window that goes on or is still to come. Of one life the oldest first, and
    /// before [#put].
    ///
    /// @return false if there are too many replicas
    public boolean putPast(Replica replica, Cumulative counts, long atMillis) {
        boolean known = sources.containsKey(replica);
        if (!known && sources.size() >= MOST_REPLICAS) {
            return false;
        }
        Taken taken = new Taken(Math.min(atMillis, nowMillis), counts);
        Source source = sources.computeIfAbsent(replica, _ -> new Source(replica, taken));
        if (known && counts.isAfter(source.latest.counts()) && taken.atMillis() >= source.latest.atMillis()) {
            source.keep(taken);
        }
        source.closed = source.latest.counts();
        return true;
    }

    /// What each replica's life has counted in the last time of that length, see [#last]; its end is when the
    /// last of it was taken.
    public Map<Replica, Window> lastByReplica(Duration length, long atMillis) {
        advance(atMillis);
        long from = nowMillis - length.toMillis();
        Map<Replica, Window> windows = new HashMap<>();
        sources.forEach((replica, source) -> {
            Taken base = source.at(from);
            Cumulative counts = source.latest.counts().minus(base.counts());
            long end = source.latest.atMillis();
            windows.put(replica, new Window(counts, Math.min(base.atMillis(), end), end));
        });
        return windows;
    }

    /// Whose counts are kept.
    public Set<Replica> replicas() {
        return Set.copyOf(sources.keySet());
    }

    /// Whether a replica that has counted anything since then is still known, if it ever was.
    public boolean remembers(long sinceMillis) {
        return sinceMillis >= nowMillis - settings.longest().toMillis();
    }

    private void advance(long atMillis) {
        nowMillis = Math.max(nowMillis, atMillis);
        long gone =
                nowMillis - settings.longest().toMillis() - settings.longStep().toMillis();
        sources.values().removeIf(source -> source.latest.atMillis() < gone);
    }

    /// What was counted in the last time of that length, up to each replica's last snapshot. It begins with the
    /// first snapshot of the step that its beginning lies in, so it is longer by less than a step. Where steps
    /// were sampled differently, each weighs as the rows that ran in it (see [Strata]).
    public Window last(Duration length, long atMillis) {
        advance(atMillis);
        long from = nowMillis - length.toMillis();
        long begin = nowMillis;
        long end = from;
        Strata strata = new Strata(plan);
        for (Source source : sources.values()) {
            Taken base = source.at(from);
            source.addTo(strata, base, source.latest);
            begin = Math.min(begin, base.atMillis());
            end = Math.max(end, source.latest.atMillis());
        }
        return new Window(strata.total(), Math.min(begin, end), end);
    }

    /// What was counted between two moments, as [#last] has it.
    public Cumulative between(long fromMillis, long toMillis, long atMillis) {
        advance(atMillis);
        Strata strata = new Strata(plan);
        for (Source source : sources.values()) {
            Taken base = source.at(Math.min(fromMillis, nowMillis));
            Taken end = source.at(Math.min(toMillis, nowMillis));
            if (base.atMillis() < end.atMillis()) {
                source.addTo(strata, base, end);
            }
        }
        return strata.total();
    }

    /// Whether something was counted in the sub-window that goes on.
    public boolean isOpen() {
        return sources.values().stream()
                .anyMatch(source -> source.latest.counts().seen() != source.closed.seen());
    }

    /// When the sub-window's time is over.
    public long endMillis() {
        long stepMillis = settings.subWindow().toMillis();
        return (Math.floorDiv(closedMillis, stepMillis) + 1) * stepMillis;
    }

    /// Ends the sub-windows that were over by then, of which the last one began before and has nothing in it.
    ///
    /// @return when the one began that goes on
    public long rest(long untilMillis) {
        long stepMillis = settings.subWindow().toMillis();
        closedMillis = Math.max(closedMillis, Math.floorDiv(untilMillis, stepMillis) * stepMillis);
        return closedMillis;
    }

    /// Ends the sub-window if its time is over, by the clock's steps. However many rows come, none ends sooner:
    /// what is said of a sub-window is said of a time, and a burst is one of many.
    ///
    /// @return what was counted in it, where each replica weighs as the rows that it ran; null if it goes on
    public @Nullable Window close(long atMillis) {
        advance(atMillis);
        long stepMillis = settings.subWindow().toMillis();
        boolean isOver = Math.floorDiv(nowMillis, stepMillis) > Math.floorDiv(closedMillis, stepMillis);
        if (!isOver) {
            return null;
        }
        Strata strata = new Strata(plan);
        for (Source source : sources.values()) {
            strata.add(source.latest.counts().minus(source.closed));
            source.closed = source.latest.counts();
        }
        Window window = new Window(strata.total(), closedMillis, nowMillis);
        closedMillis = nowMillis;
        return window;
    }
}
