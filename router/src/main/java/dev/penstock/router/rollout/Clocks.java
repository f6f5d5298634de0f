package dev.penstock.router.rollout;

/// The step that a rollout is in, and since when it is where it is: clocks stand still while nobody brings it
/// on. For one thread.
final class Clocks {
    /// More time between two ticks was nobody's: the server was down, or its clock was set.
    private static final long MOST_BETWEEN_MILLIS = 10_000;

    private int step;
    private long tickMillis;
    private long startedMillis;
    private long stepMillis;
    private long phaseMillis;
    private long weighedMillis;

    Clocks(RolloutState from) {
        step = from.step();
        tickMillis = from.tickMillis();
        startedMillis = from.startedMillis();
        stepMillis = from.stepMillis();
        phaseMillis = from.phaseMillis();
        weighedMillis = from.weighedMillis();
    }

    int step() {
        return step;
    }

    long tickMillis() {
        return tickMillis;
    }

    long startedMillis() {
        return startedMillis;
    }

    long stepMillis() {
        return stepMillis;
    }

    long phaseMillis() {
        return phaseMillis;
    }

    long weighedMillis() {
        return weighedMillis;
    }

    /// Whether shares were dealt so lately that what is counted is not to be used.
    boolean isFresh(RolloutSpec spec, long nowMillis) {
        return nowMillis - stepMillis < spec.rules().settle().toMillis();
    }

    /// Whether the rollout's time is up.
    boolean isLate(RolloutSpec spec, long nowMillis) {
        return nowMillis - startedMillis >= spec.rules().maxDuration().toMillis();
    }

    /// A tick begins.
    void tick(long nowMillis) {
        long since = nowMillis - tickMillis;
        long lost = since - Math.clamp(since, 0, MOST_BETWEEN_MILLIS);
        tickMillis = nowMillis;
        stepMillis += lost;
        startedMillis += lost;
        phaseMillis += lost;
        weighedMillis += weighedMillis == 0 ? 0 : lost;
    }

    /// A bandit has weighed its arms, whatever came of that.
    void weighed(long nowMillis) {
        weighedMillis = nowMillis;
    }

    /// The step begins, or its shares are dealt only now.
    void stepBegins(int index, long nowMillis) {
        step = index;
        stepMillis = nowMillis;
    }

    void phaseBegins(long nowMillis) {
        phaseMillis = nowMillis;
    }

    /// The clock of step and rollout goes on from where it stood when the phase began.
    void forgetPhase(long nowMillis) {
        long millis = nowMillis - phaseMillis;
        stepMillis = Math.min(nowMillis, stepMillis + millis);
        startedMillis = Math.min(nowMillis, startedMillis + millis);
    }

    /// The whole rollout has its time once more.
    void startAgain(long nowMillis) {
        startedMillis = nowMillis;
    }
}
