package dev.penstock.router.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.LatencySnapshot;
import dev.penstock.router.arms.GroupSums;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What copies said of one [ShadowKey] up to a moment, in a time, or on several replicas together. Immutable;
/// it adds over replicas in any order, and what came since an earlier moment is a difference.
///
/// @param compared copies that ran and whose answers were held against the primary's
/// @param disagreed those of them that say something else
/// @param incomparable copies that ran, with answers of another form
/// @param failed copies that failed where the primary did not, by why
/// @param dropped copies that did not run, by why
/// @param table of rows by the class that the primary named and that the shadow named, `primary * CLASSES
///     + shadow`
/// @param differences of numbers, one for each copy: how many have their largest in each class of
///     [DifferenceScale]
/// @param disagreements 1 for each copy that disagreed or has an answer of another form, 0 for each that agreed
/// @param failures 1 for each copy that failed, 0 for each other that ran; of a batch that failed nobody
///     knows whose copy did, so it is not in it
/// @param shift the mean difference of each copy's numbers, the shadow's less the primary's
/// @param longer the logarithm of how many times as long each copy's run was as the primary's
/// @param primaryRun how long the primary's runs were, of copies that ran
/// @param shadowRun how long the same copies' runs had a processor
public record ShadowCounts(
        long compared,
        long disagreed,
        long incomparable,
        Map<ErrorCode, Long> failed,
        Map<ShadowDrop, Long> dropped,
        List<Long> table,
        List<Long> differences,
        GroupSums disagreements,
        GroupSums failures,
        GroupSums shift,
        GroupSums longer,
        LatencySnapshot primaryRun,
        LatencySnapshot shadowRun) {
    /// What the table tells apart: the last one is any class from there on.
    public static final int CLASSES = 33;

    public static final ShadowCounts EMPTY = new ShadowCounts(
            0,
            0,
            0,
            Map.of(),
            Map.of(),
            list(new long[CLASSES * CLASSES]),
            list(new long[DifferenceScale.CLASSES]),
            GroupSums.EMPTY,
            GroupSums.EMPTY,
            GroupSums.EMPTY,
            GroupSums.EMPTY,
            LatencySnapshot.EMPTY,
            LatencySnapshot.EMPTY);

    public ShadowCounts {
        failed = Map.copyOf(failed);
        dropped = Map.copyOf(dropped);
        table = List.copyOf(table);
        differences = List.copyOf(differences);
    }

    static List<Long> list(long[] counts) {
        return Arrays.stream(counts).boxed().toList();
    }

    /// Copies that ran, well or not.
    public long ran() {
        return compared + incomparable + sum(failed);
    }

    /// Copies that did not run.
    public long notRun() {
        return sum(dropped);
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(count -> count).sum();
    }

    /// Rows that the primary says are of one class and the shadow of another.
    public long labelled(int primary, int shadow) {
        return table.get(Math.min(primary, CLASSES - 1) * CLASSES + Math.min(shadow, CLASSES - 1));
    }

    public ShadowCounts plus(ShadowCounts other) {
        return new ShadowCounts(
                compared + other.compared,
                disagreed + other.disagreed,
                incomparable + other.incomparable,
                combined(failed, other.failed, 1),
                combined(dropped, other.dropped, 1),
                combined(table, other.table, 1),
                combined(differences, other.differences, 1),
                disagreements.plus(other.disagreements),
                failures.plus(other.failures),
                shift.plus(other.shift),
                longer.plus(other.longer),
                primaryRun.plus(other.primaryRun),
                shadowRun.plus(other.shadowRun));
    }

    /// What was counted since `earlier`.
    public ShadowCounts minus(ShadowCounts earlier) {
        return new ShadowCounts(
                compared - earlier.compared,
                disagreed - earlier.disagreed,
                incomparable - earlier.incomparable,
                combined(failed, earlier.failed, -1),
                combined(dropped, earlier.dropped, -1),
                combined(table, earlier.table, -1),
                combined(differences, earlier.differences, -1),
                disagreements.minus(earlier.disagreements),
                failures.minus(earlier.failures),
                shift.minus(earlier.shift),
                longer.minus(earlier.longer),
                primaryRun.minus(earlier.primaryRun),
                shadowRun.minus(earlier.shadowRun));
    }

    private static <K> Map<K, Long> combined(Map<K, Long> one, Map<K, Long> other, int sign) {
        Map<K, Long> both = new HashMap<>(one);
        other.forEach((key, count) -> both.merge(key, sign * count, Long::sum));
        return both;
    }

    private static List<Long> combined(List<Long> one, List<Long> other, int sign) {
        long[] both = new long[one.size()];
        for (int i = 0; i < both.length; i++) {
            both[i] = one.get(i) + sign * other.get(i);
        }
        return list(both);
    }

    @Override
    public String toString() {
        return "%d compared, %d of them disagree; %d failed, %d did not run"
                .formatted(compared, disagreed, sum(failed), notRun());
    }
}
