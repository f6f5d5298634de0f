package dev.penstock.router.evidence;

import dev.penstock.core.Check;
import java.util.Arrays;
import java.util.List;

/// Two arms' values of times of which each had shares of its own, or hours of its own. Arms are compared
/// within each, and each counts by how much it tells: n m/(n + m) of n and m values (Mantel and Haenszel
/// 1959). Means over all of them would hold one arm's good hours against another's bad ones. They add up,
/// over times in any order. Immutable.
public final class Strata {
    private static final int ALL = JackknifeSums.GROUPS;

    /// Of one arm: how many values came, by group; its mean times the weight without each group, and with
    /// all; and the sum of its values, that of their squares, and that of weight squared over the number of
    /// values.
    private static final int COUNTS = 0;
    private static final int MEANS = ALL;
    private static final int SUM = MEANS + ALL + 1;
    private static final int SQUARES = SUM + 1;
    private static final int SPREAD = SQUARES + 1;
    private static final int OF_ARM = SPREAD + 1;

    /// After the weights without each group, and with all.
    private static final int CANARY = ALL + 1;
    private static final int CONTROL = CANARY + OF_ARM;
    private static final int LENGTH = CONTROL + OF_ARM;

    private static final Strata NONE = new Strata(new double[LENGTH]);

    /// All of it adds.
    private final double[] numbers;

    private Strata(double[] numbers) {
        this.numbers = numbers;
    }

    public static Strata none() {
        return NONE;
    }

    /// What [#toList] said.
    public static Strata of(List<Double> numbers) {
        Check.argument(numbers.size() == LENGTH, "numbers: %d (expected: %d)", numbers.size(), LENGTH);
        return new Strata(numbers.stream().mapToDouble(number -> number).toArray());
    }

    /// For who keeps it.
    public List<Double> toList() {
        return Arrays.stream(numbers).boxed().toList();
    }

    /// With one more. Where one arm has no value it says nothing.
    ///
    /// @param canarySquares sum of the squares of its values
    /// @param controlSquares likewise
    public Strata plus(JackknifeSums canary, JackknifeSums control, double canarySquares, double controlSquares) {
        double[] more = numbers.clone();
        double weight = weight(canary, control, ALL);
        if (weight == 0) {
            return this;
        }
        for (int without = 0; without <= ALL; without++) {
            double each = weight(canary, control, without);
            more[without] += each;
            more[CANARY + MEANS + without] += each == 0 ? 0 : each * mean(canary, without);
            more[CONTROL + MEANS + without] += each == 0 ? 0 : each * mean(control, without);
        }
        add(more, CANARY, canary, canarySquares, weight);
        add(more, CONTROL, control, controlSquares, weight);
        return new Strata(more);
    }

    private static void add(double[] more, int arm, JackknifeSums values, double squares, double weight) {
        for (int group = 0; group < ALL; group++) {
            more[arm + COUNTS + group] += (double) values.count(group);
        }
        more[arm + SUM] += mean(values, ALL) * count(values, ALL);
        more[arm + SQUARES] += squares;
        more[arm + SPREAD] += weight * weight / count(values, ALL);
    }

    private static double weight(JackknifeSums canary, JackknifeSums control, int without) {
        double n = count(canary, without);
        double m = count(control, without);
        return n == 0 || m == 0 ? 0 : n * m / (n + m);
    }

    private static double count(JackknifeSums values, int without) {
        double count = 0;
        for (int group = 0; group < ALL; group++) {
            count += group == without ? 0 : (double) values.count(group);
        }
        return count;
    }

    private static double mean(JackknifeSums values, int without) {
        double sum = 0;
        for (int group = 0; group < ALL; group++) {
            sum += group == without ? 0 : values.sum(group);
        }
        return sum / count(values, without);
    }

    /// Those of both.
    public Strata plus(Strata other) {
        double[] more = numbers.clone();
        Arrays.setAll(more, i -> more[i] + other.numbers[i]);
        return new Strata(more);
    }

    /// Whether there was never a value of both.
    public boolean isEmpty() {
        return numbers[ALL] == 0;
    }

    /// How many values of the canary were compared.
    public long canaryTotal() {
        return total(CANARY);
    }

    /// How many values of the control were compared.
    public long controlTotal() {
        return total(CONTROL);
    }

    private long total(int arm) {
        return Math.round(
                Arrays.stream(numbers, arm + COUNTS, arm + COUNTS + ALL).sum());
    }

    /// The canary's mean, each time by its weight.
    public double canaryMean() {
        return numbers[CANARY + MEANS + ALL] / numbers[ALL];
    }

    /// The control's mean, each time by its weight.
    public double controlMean() {
        return numbers[CONTROL + MEANS + ALL] / numbers[ALL];
    }

    /// The canary's mean less the control's.
    ///
    /// @param without a group; -1 with all
    double difference(int without) {
        int i = without < 0 ? ALL : without;
        return (numbers[CANARY + MEANS + i] - numbers[CONTROL + MEANS + i]) / numbers[i];
    }

    /// How many groups have a value of that arm which has fewer.
    int filled() {
        return Math.min(filled(CANARY), filled(CONTROL));
    }

    private int filled(int arm) {
        return (int) Arrays.stream(numbers, arm + COUNTS, arm + COUNTS + ALL)
                .filter(count -> count > 0)
                .count();
    }

    /// What the standard error of the difference is at least.
    double leastError() {
        return Math.sqrt(variance(CANARY) + variance(CONTROL)) / numbers[ALL];
    }

    /// Of an arm's mean times the weight, each time being n of all its values.
    private double variance(int arm) {
        long count = total(arm);
        return LeastError.variance(count, numbers[arm + SUM], numbers[arm + SQUARES])
                * (double) count
                * numbers[arm + SPREAD];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Strata that && Arrays.equals(numbers, that.numbers);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(numbers);
    }

    @Override
    public String toString() {
        return "%d and %d values, difference %s".formatted(canaryTotal(), controlTotal(), difference(-1));
    }
}
