package dev.penstock.router.simulation;

import dev.penstock.core.LatencyScale;
import dev.penstock.monitor.statistics.Normal;
import dev.penstock.router.evidence.Pool;
import java.util.Arrays;

/// A thousand requests a minute, of which one in a hundred fails; 8 ms in the middle and 26 ms at p99; scores
/// in ten bins. With a wave, in two hours traffic goes from half to one and a half times that, failures from
/// a third to three times as many, latencies from 0.6 to 1.6 times as long, and scores from mostly low to
/// mostly high: all of it for both arms alike.
final class Traffic {
    static final int MINUTES = 120;

    private static final double PER_MINUTE = 1_000;
    private static final double ERRORS = 0.01;
    private static final double MEDIAN_SECONDS = 0.008;
    private static final double SPREAD = 0.5;
    /// The slowest twentieth.
    private static final double TAIL_FROM = 1.6448536269514722;
    private static final double[] SCORES = {0.25, 0.18, 0.13, 0.10, 0.08, 0.07, 0.06, 0.05, 0.04, 0.04};

    private final boolean wave;
    private final Change change;
    private final double[][] canaryLatencies = new double[MINUTES][];
    private final double[][] controlLatencies = new double[MINUTES][];
    private final double[][] canaryScores = new double[MINUTES][];
    private final double[][] controlScores = new double[MINUTES][];

    Traffic(boolean wave, Change change) {
        this.wave = wave;
        this.change = change;
        for (int minute = 0; minute < MINUTES; minute++) {
            controlLatencies[minute] = latencies(minute, Change.NONE);
            canaryLatencies[minute] = latencies(minute, change);
            controlScores[minute] = tilted(SCORES, wave(minute, 0.5));
            canaryScores[minute] = moved(controlScores[minute], change.psi());
        }
    }

    /// @param minute of the wave
    Minute draw(Draws draws, int minute, Pool pool) {
        int at = minute % MINUTES;
        double all = PER_MINUTE * (1 + wave(at, 0.5));
        double errors = ERRORS * Math.exp(wave(at, Math.log(3)));
        double canary = all * pool.canary() / 10_000;
        double control = all * pool.control() / 10_000;
        return new Minute(
                pool,
                arm(draws, canary, errors * change.errors(), canaryLatencies[at], canaryScores[at]),
                arm(draws, control, errors, controlLatencies[at], controlScores[at]));
    }

    private static Arm arm(Draws draws, double requests, double errors, double[] latencies, double[] scores) {
        double answered = requests * (1 - errors);
        return new Arm(
                draws.poisson(requests * errors), draws.poisson(answered, latencies), draws.poisson(answered, scores));
    }

    private double wave(int minute, double height) {
        return wave ? height * Math.sin(2 * Math.PI * minute / MINUTES) : 0;
    }

    private double[] latencies(int minute, Change with) {
        double median = MEDIAN_SECONDS * Math.exp(wave(minute, 0.5)) * with.latency();
        double tailFrom = median * Math.exp(SPREAD * TAIL_FROM);
        double[] law = new double[LatencyScale.BUCKETS];
        double below = 0;
        for (int i = 0; i < law.length; i++) {
            double bound = LatencyScale.upperSeconds(i);
            double unstretched = bound <= tailFrom ? bound : Math.max(tailFrom, bound / with.tail());
            double upTo = i == law.length - 1 ? 1 : Normal.cdf(Math.log(unstretched / median) / SPREAD);
            law[i] = upTo - below;
            below = upTo;
        }
        return law;
    }

    private static double[] moved(double[] shares, double psi) {
        double low = 0;
        double high = 10;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (psi(shares, tilted(shares, middle)) < psi) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return psi == 0 ? shares : tilted(shares, high);
    }

    private static double[] tilted(double[] shares, double by) {
        double[] tilted = shares.clone();
        Arrays.setAll(tilted, i -> shares[i] * Math.exp(by * (2.0 * i / (shares.length - 1) - 1)));
        double sum = Arrays.stream(tilted).sum();
        Arrays.setAll(tilted, i -> tilted[i] / sum);
        return tilted;
    }

    static double psi(double[] p, double[] q) {
        double psi = 0;
        for (int i = 0; i < p.length; i++) {
            psi += (q[i] - p[i]) * Math.log(q[i] / p[i]);
        }
        return psi;
    }

    static int scores() {
        return SCORES.length;
    }
}
