package dev.penstock.router.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.evidence.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// Bets on failures as rollouts make them, anew with each part, of so many canaries that a test which is wrong
/// too often is found out, and of a tenth as many that are worse: a thousand requests a minute of which 1 %
/// fail, looked at every minute for two hours. The tables are printed; `-Dcanaries=10000` has them made of as
/// many.
class ManyFailuresTest {
    private static final int CANARIES = Integer.getInteger("canaries", 1_000);
    private static final int WORSE = Math.max(100, CANARIES / 10);
    private static final double ALPHA = 0.05;

    /// Three standard deviations above that.
    private static final double MOST = ALPHA + 3 * Math.sqrt(ALPHA * (1 - ALPHA) / CANARIES);

    private static final Arm NONE = new Arm(0, new long[0], new long[0]);

    /// @param factor how many times as often the canary fails
    /// @param from the minute from which on it does; as often as the control before
    /// @param alpha of errors
    private record Question(
            int canaries, double factor, int from, double margin, double alpha, Steps steps, boolean wave) {
        /// After how many minutes of that each canary is rolled back that is.
        List<Integer> found() {
            List<Integer> found = new ArrayList<>();
            for (int minute : Seeds.each(canaries, canary -> found(new Draws(91_000_000L + canary)))) {
                // Who is taken for worse before it is was not found.
                if (minute > from || (from == 0 && minute >= 0)) {
                    found.add(minute - from);
                }
            }
            found.sort(null);
            return found;
        }

        private int found(Draws draws) {
            StakedFailures bets = new StakedFailures(margin);
            int begin = draws.below(Traffic.MINUTES);
            for (int minute = 0; minute < from + Traffic.MINUTES; minute++) {
                bets.add(draw(draws, minute, begin + minute));
                if (bets.logE() >= -Math.log(alpha)) {
                    return minute + 1;
                }
            }
            return -1;
        }

        private Minute draw(Draws draws, int minute, int at) {
            Pool pool = steps.at(minute);
            double height = wave ? Math.sin(2 * Math.PI * at / Traffic.MINUTES) : 0;
            double all = 10 * (1 + 0.5 * height) * Math.exp(Math.log(3) * height);
            double worse = minute < from ? 1 : factor;
            return new Minute(
                    pool,
                    failed(draws.poisson(worse * all * pool.share())),
                    failed(draws.poisson(all * (1 - pool.share()))));
        }

        private static Arm failed(long failures) {
            return new Arm(failures, NONE.latencies(), NONE.predictions());
        }

        double share() {
            return (double) found().size() / canaries;
        }
    }

    private static void stays(String what, double factor, double margin) {
        for (Steps steps : Steps.values()) {
            double steady = new Question(CANARIES, factor, 0, margin, ALPHA, steps, false).share();
            double wave = new Question(CANARIES, factor, 0, margin, ALPHA, steps, true).share();
            System.out.printf(
                    Locale.ROOT,
                    "%-44s %-6s %6.2f %% steady %6.2f %% wave, %d canaries%n",
                    what,
                    steps,
                    100 * steady,
                    100 * wave,
                    CANARIES);
            assertThat(Math.max(steady, wave)).as("%s, %s", what, steps).isLessThanOrEqualTo(MOST);
        }
    }

    @Test
    void whoFailsAsOftenAsIsAllowedStays() {
        stays("rolled back though the same, no margin", 1, 1);
        stays("rolled back, 1.25 x the errors", 1.25, 1.25);
    }

    private static List<Integer> found(double factor, int from, double margin, double alpha) {
        List<Integer> found = new Question(WORSE, factor, from, margin, alpha, Steps.TENTH, false).found();
        System.out.printf(
                Locale.ROOT,
                "%.1f x the errors after %d min, margin %.2f, alpha %.3f: %5.1f %% found, half of them after %d min%n",
                factor,
                from,
                margin,
                alpha,
                100.0 * found.size() / WORSE,
                found.isEmpty() ? 0 : found.get(found.size() / 2));
        return found;
    }

    @Test
    void whoFailsMoreIsFound() {
        for (double factor : new double[] {1.5, 2, 3, 5}) {
            found(factor, 0, 1.25, ALPHA / 2);
            found(factor, 0, 1.25, ALPHA);
            found(factor, 0, 1, ALPHA);
        }
        assertThat(found(3, 0, 1.25, ALPHA / 2).get(WORSE / 2)).isLessThanOrEqualTo(12);
    }

    /// Of the usual part of α.
    @Test
    void whoFailsMoreAfterHoursIsFoundSoonToo() {
        found(2, 300, 1.25, ALPHA / 2);
        assertThat(found(3, 300, 1.25, ALPHA / 2).get(WORSE / 2)).isLessThanOrEqualTo(35);
        assertThat(found(5, 300, 1.25, ALPHA / 2).get(WORSE / 2)).isLessThanOrEqualTo(15);
    }
}
