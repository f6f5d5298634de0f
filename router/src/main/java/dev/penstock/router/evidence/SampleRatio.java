package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import dev.penstock.monitor.statistics.DriftEvidence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Whether arms get the units that they should, counted once each: where they do not, something loses or moves
/// units, and no comparison of arms is worth anything. Immutable.
///
/// For each division of units among the arms a Dirichlet law around it bets against it, and the bets
/// multiply. Source: Lindon and Malek, Anytime-valid inference for multinomial count data (2022). Requests
/// will not do, since those of a unit stay together.
public final class SampleRatio {
    /// How closely the bets keep to the division, in units.
    public static final double CONCENTRATION = 10_000;

    /// ln E from which on the units are not where they should be: by chance at most once in 1000 rollouts.
    public static final double LOG_MISMATCH = Math.log(1000);

    private final int arms;
    private final List<Division> divisions;

    private SampleRatio(int arms, List<Division> divisions) {
        this.arms = arms;
        this.divisions = List.copyOf(divisions);
    }

    /// @param arms how many, at least 2
    public static SampleRatio none(int arms) {
        Check.argument(arms >= 2, "arms: %d (expected: >= 2)", arms);
        return new SampleRatio(arms, List.of());
    }

    /// @param buckets of each arm; 0 for one that gets no units
    /// @param units that came for the first time since, by arm
    public SampleRatio plus(int[] buckets, long[] units) {
        Check.argument(buckets.length == arms, "buckets: %d arms (expected: %d)", buckets.length, arms);
        Check.argument(units.length == arms, "units: %d arms (expected: %d)", units.length, arms);
        List<Division> sum = new ArrayList<>(divisions);
        for (int i = 0; i < sum.size(); i++) {
            if (Arrays.equals(sum.get(i).buckets, buckets)) {
                sum.set(i, Division.of(buckets, PoolCounts.sum(sum.get(i).units, units)));
                return new SampleRatio(arms, sum);
            }
        }
        sum.add(Division.of(buckets, units));
        return new SampleRatio(arms, sum);
    }

    /// Of both, such as of two replicas that see different units.
    public SampleRatio plus(SampleRatio other) {
        SampleRatio sum = this;
        for (Division division : other.divisions) {
            sum = sum.plus(division.buckets, division.units);
        }
        return sum;
    }

    /// ln E of that units are not divided as the buckets are; infinity where an arm without buckets got one.
    public double logMismatch() {
        double sum = 0;
        for (Division division : divisions) {
            sum += division.logEValue();
        }
        return sum;
    }

    /// Units of each arm, all divisions together.
    public long[] units() {
        return divisions.stream().map(division -> division.units).reduce(new long[arms], PoolCounts::sum);
    }

    /// All of it in numbers: for each division the buckets of all arms, and then their units.
    public long[] toLongs() {
        long[] numbers = new long[divisions.size() * 2 * arms];
        int at = 0;
        for (Division division : divisions) {
            for (int i = 0; i < arms; i++) {
                numbers[at + i] = division.buckets[i];
                numbers[at + arms + i] = division.units[i];
            }
            at += 2 * arms;
        }
        return numbers;
    }

    /// What [#toLongs] wrote.
    ///
    /// @throws IllegalArgumentException if it did not
    public static SampleRatio of(int arms, long[] numbers) {
        SampleRatio ratio = none(arms);
        Check.argument(
                numbers.length % (2 * arms) == 0, "numbers: %d (expected: a multiple of %d)", numbers.length, 2 * arms);
        for (int at = 0; at < numbers.length; at += 2 * arms) {
            int[] buckets = new int[arms];
            for (int i = 0; i < arms; i++) {
                buckets[i] = Math.toIntExact(numbers[at + i]);
            }
            ratio = ratio.plus(buckets, Arrays.copyOfRange(numbers, at + arms, at + 2 * arms));
        }
        return ratio;
    }

    /// Units that came while the arms' buckets stayed the same.
    private static final class Division {
        private final int[] buckets;
        private final long[] units;

        private Division(int[] buckets, long[] units) {
            this.buckets = buckets;
            this.units = units;
        }

        static Division of(int[] buckets, long[] units) {
            long all = 0;
            for (int i = 0; i < buckets.length; i++) {
                Check.argument(buckets[i] >= 0, "buckets: %d (expected: >= 0)", buckets[i]);
                Check.argument(units[i] >= 0, "units: %d (expected: >= 0)", units[i]);
                all += buckets[i];
            }
            Check.argument(all > 0, "buckets: all are 0 (expected: some arm that has one)");
            return new Division(buckets.clone(), units.clone());
        }

        double logEValue() {
            int[] owners = owners();
            double all = (double) Arrays.stream(buckets).asLongStream().sum();
            double[] shares = new double[owners.length];
            long[] counts = new long[owners.length];
            for (int i = 0; i < owners.length; i++) {
                shares[i] = (double) buckets[owners[i]] / all;
                counts[i] = units[owners[i]];
            }
            if (Arrays.stream(counts).sum() < Arrays.stream(units).sum()) {
                return Double.POSITIVE_INFINITY;
            }
            return DriftEvidence.logEValue(counts, shares, CONCENTRATION);
        }

        private int[] owners() {
            int[] owners = new int[buckets.length];
            int found = 0;
            for (int i = 0; i < buckets.length; i++) {
                if (buckets[i] > 0) {
                    owners[found++] = i;
                }
            }
            return Arrays.copyOf(owners, found);
        }
    }
}
