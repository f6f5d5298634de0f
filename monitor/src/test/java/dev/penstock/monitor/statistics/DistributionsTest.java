package dev.penstock.monitor.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.penstock.monitor.Fixtures;
import dev.penstock.monitor.Fixtures.Row;
import org.junit.jupiter.api.Test;

/// Against SciPy, from the middle to where a probability is smaller than a double can hold.
class DistributionsTest {
    @Test
    void logGammaIsRightNextToItsZerosToo() {
        for (Row row : Fixtures.read("gamma")) {
            row.assertClose("logGamma", GammaFunction.logGamma(row.number("x")), 1e-13);
        }
    }

    @Test
    void incompleteGammaIsRightInBothTails() {
        for (Row row : Fixtures.read("incomplete-gamma")) {
            row.assertClose("lower", GammaFunction.lower(row.number("a"), row.number("x")), 1e-10);
            row.assertClose("upper", GammaFunction.upper(row.number("a"), row.number("x")), 1e-10);
        }
    }

    @Test
    void incompleteBetaIsRightInBothTails() {
        for (Row row : Fixtures.read("beta")) {
            double a = row.number("a");
            double b = row.number("b");
            double x = row.number("x");
            row.assertClose("logBeta", BetaFunction.logBeta(a, b), 1e-11);
            row.assertClose("lower", BetaFunction.regularised(a, b, x), 1e-9);
            row.assertClose("upper", Math.exp(BetaFunction.logRegularised(b, a, 1 - x, x)), 1e-9);
        }
    }

    @Test
    void normalTails() {
        for (Row row : Fixtures.read("normal")) {
            double z = row.number("z");
            row.assertClose("sf", Normal.survival(z), 1e-12);
            row.assertClose("logSf", Normal.logSurvival(z), 1e-12);
            row.assertClose("sf", Normal.cdf(-z), 1e-12);
        }
    }

    @Test
    void chiSquaredTails() {
        for (Row row : Fixtures.read("chi-squared")) {
            double x = row.number("x");
            double degreesOfFreedom = row.number("df");
            row.assertClose("sf", ChiSquared.survival(x, degreesOfFreedom), 1e-10);
            row.assertClose("cdf", ChiSquared.cdf(x, degreesOfFreedom), 1e-10);
            assertLog(row, "logSf", ChiSquared.logSurvival(x, degreesOfFreedom));
        }
    }

    @Test
    void noncentralChiSquaredTails() {
        for (Row row : Fixtures.read("noncentral-chi-squared")) {
            double x = row.number("x");
            double degreesOfFreedom = row.number("df");
            double noncentrality = row.number("nc");
            assertLog(row, "logSf", NoncentralChiSquared.logSurvival(x, degreesOfFreedom, noncentrality));
            assertLog(row, "logCdf", NoncentralChiSquared.logCdf(x, degreesOfFreedom, noncentrality));
        }
    }

    @Test
    void binomialTails() {
        for (Row row : Fixtures.read("binomial")) {
            double actual = Binomial.logAtLeast(row.whole("k"), row.whole("n"), row.number("p"));
            assertLog(row, "logAtLeast", actual);
            row.assertClose("atLeast", Math.exp(actual), 1e-9);
        }
    }

    @Test
    void boundsOnShares() {
        for (Row row : Fixtures.read("binomial-bounds")) {
            double actual = Binomial.upperBound(row.whole("k"), row.whole("n"), row.number("alpha"));
            row.assertClose("upper", actual, 1e-11);
        }
        assertThat(Binomial.upperBound(20, 20, 0.05)).isEqualTo(1);
    }

    @Test
    void studentTails() {
        for (Row row : Fixtures.read("student")) {
            row.assertClose("sf", StudentT.survival(row.number("t"), row.number("df")), 1e-10);
        }
    }

    @Test
    void kolmogorovTails() {
        for (Row row : Fixtures.read("kolmogorov")) {
            double x = row.number("x");
            row.assertClose("sf", Kolmogorov.survival(x), 1e-12);
            row.assertClose("cdf", -Math.expm1(Kolmogorov.logSurvival(x)), 1e-9);
        }
    }

    @Test
    void logarithmsGoOnWhereProbabilitiesEnd() {
        assertThat(ChiSquared.survival(1e5, 9)).isZero();
        assertThat(ChiSquared.logSurvival(1e5, 9)).isBetween(-5e4, -4.9e4);
        assertThat(NoncentralChiSquared.logSurvival(1e8, 9, 10)).isBetween(-5e7, -4.9e7);
        assertThat(NoncentralChiSquared.logCdf(1e-12, 9, 1e6)).isBetween(-5.1e5, -5e5);
        assertThat(Kolmogorov.logSurvival(1000)).isBetween(-2e6, -1.99e6);
        assertThat(Binomial.logAtLeast(1_000_000, 1_000_000, 1e-3)).isBetween(-6.91e6, -6.9e6);
    }

    @Test
    void argumentsOutsideAreRefusedWithTheirValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GammaFunction.logGamma(-1))
                .withMessage("x: -1.0 (expected: > 0, finite)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NoncentralChiSquared.survival(1, 9, Double.NaN))
                .withMessage("noncentrality: NaN (expected: 0..1e12)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Binomial.atLeast(4, 3, 0.5))
                .withMessage("k: 4 (expected: <= 3 trials)");
    }

    /// A difference of logarithms is a relative one of probabilities; far out, of the distance.
    private static void assertLog(Row row, String column, double actual) {
        double expected = row.number(column);
        assertThat(Math.abs(actual - expected))
                .as("%s %s (expected: %s) of %s", column, actual, expected, row)
                .isLessThanOrEqualTo(1e-9 * Math.min(1, Math.abs(expected)) + 1e-13 * Math.abs(expected));
    }
}
