package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a canary and its control had, by slot, and apart for each division of traffic between them: all that
/// the tests of this package remember. Immutable.
///
/// A slot is whatever was counted: failures have one, latencies those of [dev.penstock.core.LatencyScale],
/// predictions one for each class or bin of scores. Counts of ticks, of replicas and of before a restart are
/// added; counts with the same division are one, in whatever order they came.
public final class PairCounts {
    private final int slots;
    private final List<PoolCounts> pools;

    private PairCounts(int slots, List<PoolCounts> pools) {
        this.slots = slots;
        this.pools = List.copyOf(pools);
    }

    /// Nothing counted yet.
    ///
    /// @param slots positive
    public static PairCounts none(int slots) {
        Check.argument(slots > 0, "slots: %d (expected: > 0)", slots);
        return new PairCounts(slots, List.of());
    }

    /// @param canary what came since, by slot
    /// @param control what came in the same time
    public PairCounts plus(Pool pool, long[] canary, long[] control) {
        checkSlots("canary", canary.length);
        checkSlots("control", control.length);
        return plus(PoolCounts.copyOf(pool, canary, control));
    }

    /// The same where there is only one slot.
    public PairCounts plus(Pool pool, long canary, long control) {
        return plus(pool, new long[] {canary}, new long[] {control});
    }

    /// The counts of both, such as of two replicas. Divisions that only the other had come last.
    public PairCounts plus(PairCounts other) {
        checkSlots("other", other.slots);
        PairCounts sum = this;
        for (PoolCounts counts : other.pools) {
            sum = sum.plus(counts);
        }
        return sum;
    }

    private void checkSlots(String name, int actual) {
        Check.argument(actual == slots, "%s: %d slots (expected: %d)", name, actual, slots);
    }

    private PairCounts plus(PoolCounts counts) {
        List<PoolCounts> sum = new ArrayList<>(pools);
        for (int i = 0; i < sum.size(); i++) {
            if (sum.get(i).pool().equals(counts.pool())) {
                sum.set(i, sum.get(i).plus(counts));
                return new PairCounts(slots, sum);
            }
        }
        sum.add(counts);
        return new PairCounts(slots, sum);
    }

    public int slots() {
        return slots;
    }

    /// By division, in the order in which they first came.
    public List<PoolCounts> pools() {
        return pools;
    }

    /// The one division that tells most of how the arms differ; null until both had something.
    public @Nullable PoolCounts largest() {
        PoolCounts largest = null;
        double best = 0;
        for (PoolCounts counts : pools) {
            double m = (double) Arrays.stream(counts.canary()).sum();
            double n = (double) Arrays.stream(counts.control()).sum();
            if (m * n > best * (m + n)) {
                best = m * n / (m + n);
                largest = counts;
            }
        }
        return largest;
    }

    /// The canary's, all divisions together.
    public long[] canary() {
        return pools.stream().map(PoolCounts::canary).reduce(new long[slots], PoolCounts::sum);
    }

    /// The control's, all divisions together.
    public long[] control() {
        return pools.stream().map(PoolCounts::control).reduce(new long[slots], PoolCounts::sum);
    }

    /// How many the canary had.
    public long canaryTotal() {
        return Arrays.stream(canary()).sum();
    }

    /// How many the control had.
    public long controlTotal() {
        return Arrays.stream(control()).sum();
    }

    /// All of it in numbers: for each division the canary's buckets, the control's, how many slots are not
    /// empty, and for each of these its index, the canary's count and the control's.
    public long[] toLongs() {
        List<Long> numbers = new ArrayList<>();
        for (PoolCounts counts : pools) {
            numbers.add((long) counts.pool().canary());
            numbers.add((long) counts.pool().control());
            int lengthAt = numbers.size();
            long used = 0;
            for (int i = 0; i < slots; i++) {
                if (counts.canary(i) != 0 || counts.control(i) != 0) {
                    numbers.addAll(List.of((long) i, counts.canary(i), counts.control(i)));
                    used++;
                }
            }
            numbers.add(lengthAt, used);
        }
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    /// What [#toLongs] wrote.
    ///
    /// @throws IllegalArgumentException if it did not
    public static PairCounts of(int slots, long[] numbers) {
        PairCounts counts = none(slots);
        int at = 0;
        while (at < numbers.length) {
            Check.argument(at + 3 <= numbers.length, "numbers: %d (expected: a division at %d)", numbers.length, at);
            Pool pool = new Pool(Math.toIntExact(numbers[at]), Math.toIntExact(numbers[at + 1]));
            long used = numbers[at + 2];
            at += 3;
            boolean fits = used >= 0 && used <= slots && at + 3 * used <= numbers.length;
            Check.argument(fits, "numbers: %d slots at %d (expected: as many as follow)", used, at);
            long[] canary = new long[slots];
            long[] control = new long[slots];
            for (long i = 0; i < used; i++, at += 3) {
                boolean known = numbers[at] >= 0 && numbers[at] < slots;
                Check.argument(known, "numbers: slot %d (expected: 0..%d)", numbers[at], slots - 1);
                canary[(int) numbers[at]] = numbers[at + 1];
                control[(int) numbers[at]] = numbers[at + 2];
            }
            counts = counts.plus(pool, canary, control);
        }
        return counts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PairCounts that && slots == that.slots && pools.equals(that.pools);
    }

    @Override
    public int hashCode() {
        return 31 * slots + pools.hashCode();
    }

    @Override
    public String toString() {
        return pools.toString();
    }
}
