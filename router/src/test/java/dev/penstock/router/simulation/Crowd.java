package dev.penstock.router.simulation;

/// Units that stay with their arm: a few of them make most of the requests, one in twenty fails a fifth of
/// its requests where others fail one in five hundred, one in fifty asks what takes five times as long, and
/// each has rewards of its own.
final class Crowd {
    static final int BUCKETS = 10_000;

    static final int CLASSES = 10;

    private static final int UNITS = 5_000;
    /// Of the Pareto law of how many requests a unit makes.
    private static final double SHAPE = 1.2;
    private static final double MOST = 200;

    private final double[] upTo = new double[UNITS];

    /// The first unit of each of as many equal parts of all requests: from there it is not far to any unit.
    private final int[] guide = new int[UNITS];
    private final int[] buckets = new int[UNITS];
    private final int[] groups = new int[UNITS];
    private final double[] failing = new double[UNITS];
    private final double[] millis = new double[UNITS];
    private final double[] rewarding = new double[UNITS];
    private final Draws draws;

    /// Others, so that what else becomes of a crowd is the same whether somebody asks for latencies or not.
    private final Draws latencies;

    Crowd(Draws draws) {
        this(draws, 0.02, 40);
    }

    /// @param slow which part asks what takes longer
    /// @param slowMillis about how long
    Crowd(Draws draws, double slow, double slowMillis) {
        this.draws = draws;
        double sum = 0;
        for (int unit = 0; unit < UNITS; unit++) {
            sum += Math.min(MOST, Math.pow(1 - draws.uniform(), -1 / SHAPE));
            upTo[unit] = sum;
            buckets[unit] = draws.below(BUCKETS);
            groups[unit] = draws.below(64);
            failing[unit] = draws.uniform() < 0.05 ? 0.2 : 0.002;
            rewarding[unit] = draws.uniform();
        }
        latencies = new Draws(Double.doubleToLongBits(sum));
        for (int each = 0; each < UNITS; each++) {
            millis[each] = (latencies.uniform() < slow ? slowMillis : 8) * Math.exp(0.3 * latencies.normal());
        }
        int unit = 0;
        for (int part = 0; part < UNITS; part++) {
            while (upTo[unit] < sum * part / UNITS) {
                unit++;
            }
            guide[part] = unit;
        }
    }

    /// The unit of one more request.
    int next() {
        double at = draws.uniform();
        int unit = guide[(int) (at * UNITS)];
        while (unit < UNITS - 1 && upTo[unit] < at * upTo[UNITS - 1]) {
            unit++;
        }
        return unit;
    }

    int bucket(int unit) {
        return buckets[unit];
    }

    int group(int unit) {
        return groups[unit];
    }

    /// A class, which a unit keeps.
    int predicted(int unit) {
        return unit % CLASSES;
    }

    /// @param factor how many times as often as usual
    boolean fails(int unit, double factor) {
        return draws.uniform() < factor * failing[unit];
    }

    /// @param factor how many times as long as usual
    long latencyNanos(int unit, double factor) {
        return (long) (1e6 * factor * millis[unit] * Math.exp(0.3 * latencies.normal()));
    }

    /// 0 or 1.
    int reward(int unit) {
        return draws.uniform() < rewarding[unit] ? 1 : 0;
    }
}
