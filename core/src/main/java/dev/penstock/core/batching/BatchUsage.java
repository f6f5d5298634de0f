package dev.penstock.core.batching;

import dev.penstock.core.Check;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.core.ModelKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What batching did for one version since it was loaded, all its lanes together.
///
/// @param sizes how many runs had how many rows: entry `i` those of more than the entries before it and up to
///     [LaneStats#sizeBound] of `i`, the last one all larger ones
/// @param rows that ran in batches
/// @param runsAlone runs of requests that are not batched
/// @param waits how long each batch waited, see [LaneStats#waits]
/// @param inputNanos see [LaneStats#inputNanos]
/// @param closed why batches went with the rows they had
/// @param refused requests that were not taken, by why
/// @param reruns requests that ran again alone because their batch failed
/// @param expired requests whose deadline passed while they waited
/// @param abandoned requests whose caller went away while they waited
/// @param queuedRows rows, and requests that run alone, that wait now
/// @param queuedBytes of their inputs
/// @param oldestNanos how long the first of them has waited; 0 if none waits
public record BatchUsage(
        ModelKey key,
        List<Long> sizes,
        long rows,
        long runsAlone,
        LatencySnapshot waits,
        long inputNanos,
        Map<CloseReason, Long> closed,
        Map<Offer, Long> refused,
        long reruns,
        long expired,
        long abandoned,
        int queuedRows,
        long queuedBytes,
        long oldestNanos) {
    public BatchUsage {
        sizes = List.copyOf(sizes);
        closed = Map.copyOf(closed);
        refused = Map.copyOf(refused);
    }

    /// The sum of two of the same version.
    BatchUsage plus(BatchUsage other) {
        Check.argument(key.equals(other.key), "usage of %s and %s (expected: of one version)", key, other.key);
        return new BatchUsage(
                key,
                IntStream.range(0, sizes.size())
                        .mapToObj(i -> sizes.get(i) + other.sizes.get(i))
                        .toList(),
                rows + other.rows,
                runsAlone + other.runsAlone,
                waits.plus(other.waits),
                inputNanos + other.inputNanos,
                sum(closed, other.closed),
                sum(refused, other.refused),
                reruns + other.reruns,
                expired + other.expired,
                abandoned + other.abandoned,
                queuedRows + other.queuedRows,
                queuedBytes + other.queuedBytes,
                Math.max(oldestNanos, other.oldestNanos));
    }

    private static <K> Map<K, Long> sum(Map<K, Long> one, Map<K, Long> other) {
        Map<K, Long> both = new HashMap<>(one);
        other.forEach((reason, count) -> both.merge(reason, count, Long::sum));
        return both;
    }

    static BatchUsage of(ModelKey key, LaneStats stats, int queuedRows, long queuedBytes, long oldestNanos) {
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i <= LaneStats.SIZE_BOUNDS; i++) {
            sizes.add(stats.sized(i));
        }
        Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
        for (CloseReason reason : CloseReason.values()) {
            closed.put(reason, stats.closed(reason));
        }
        Map<Offer, Long> refused = new EnumMap<>(Offer.class);
        for (Offer why : Offer.values()) {
            if (why != Offer.TAKEN) {
                refused.put(why, stats.refused(why));
            }
        }
        return new BatchUsage(
                key,
                sizes,
                stats.rows(),
                stats.runsAlone(),
                stats.waits(),
                stats.inputNanos(),
                closed,
                refused,
                stats.reruns(),
                stats.expiredRequests(),
                stats.abandonedRequests(),
                queuedRows,
                queuedBytes,
                oldestNanos);
    }
}
