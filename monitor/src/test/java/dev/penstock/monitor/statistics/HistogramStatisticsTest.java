package dev.penstock.monitor.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.monitor.Fixtures;
import dev.penstock.monitor.Fixtures.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Everything that is computed from two histograms, against SciPy: from 20 to 1,000,000 values, with empty
/// bins, ties, heavy tails, and samples from which what is no number was left out.
class HistogramStatisticsTest {
    private static final double RELATIVE = 1e-9;

    private static List<Row> all() {
        List<Row> rows = new ArrayList<>(Fixtures.read("numeric"));
        rows.addAll(Fixtures.read("categorical"));
        return rows;
    }

    @Test
    void theStabilityIndexAndWhatItMeans() {
        for (Row row : all()) {
            long[] baseline = row.wholes("baseline");
            long[] window = row.wholes("window");
            PopulationStability stability = PopulationStability.of(baseline, window);

            row.assertClose("psi", stability.psi(), RELATIVE);
            row.assertClose("psiCorrected", stability.corrected(), RELATIVE);
            row.assertClose("psiLaplace", PopulationStability.index(baseline, window, Smoothing.LAPLACE), RELATIVE);
            row.assertClose("psiFloor", PopulationStability.index(baseline, window, Smoothing.FLOOR), RELATIVE);
            row.assertClose("pNoDrift", stability.pNoDrift(), RELATIVE);
            assertProbability(row, "pMaterial", stability.pMaterial(0.1));
            assertProbability(row, "pEquivalent", stability.pEquivalent(0.25));
        }
    }

    /// SciPy's noncentral law has no digits left below 1e-12; DistributionsTest looks further.
    private static void assertProbability(Row row, String column, double actual) {
        assertThat(actual)
                .as("%s of %s", column, row)
                .isCloseTo(row.number(column), within(1e-13 + RELATIVE * row.number(column)));
    }

    @Test
    void distances() {
        for (Row row : all()) {
            long[] baseline = row.wholes("baseline");
            long[] window = row.wholes("window");

            row.assertClose("js2", Distances.jensenShannon(baseline, window), RELATIVE);
            row.assertClose("jsE", Distances.jensenShannonNats(baseline, window), RELATIVE);
            row.assertClose("hellinger", Distances.hellinger(baseline, window), RELATIVE);
            row.assertClose("tvd", Distances.totalVariation(baseline, window), RELATIVE);
            row.assertClose("linf", Distances.largestDifference(baseline, window), RELATIVE);
            row.assertClose("kl", Distances.kullbackLeibler(baseline, window), RELATIVE);
        }
    }

    @Test
    void kolmogorovSmirnov() {
        for (Row row : all()) {
            KolmogorovSmirnov test = KolmogorovSmirnov.of(row.wholes("baseline"), row.wholes("window"));

            row.assertClose("ks", test.distance(), RELATIVE);
            row.assertClose("ksP", test.pValue(), RELATIVE);
        }
    }

    @Test
    void theDistanceAtTheEdgesIsAtMostThatOfTheValues() {
        for (Row row : Fixtures.read("numeric")) {
            KolmogorovSmirnov test = KolmogorovSmirnov.of(row.wholes("baseline"), row.wholes("window"));

            assertThat(test.distance()).as("%s", row).isLessThanOrEqualTo(row.number("rawKs") + 1e-12);
        }
    }

    @Test
    void stephensComesWithinATenthOfTheExactProbability() {
        for (Row row : Fixtures.read("exact-ks")) {
            KolmogorovSmirnov test = new KolmogorovSmirnov(row.number("distance"), row.whole("m"), row.whole("n"));

            row.assertClose("p", test.pValue(), 0.1);
        }
    }

    @Test
    void wassersteinOfSlotMeans() {
        for (Row row : Fixtures.read("numeric")) {
            double distance = Wasserstein.distance(
                    row.wholes("baseline"),
                    row.numbers("baselineSums"),
                    row.wholes("window"),
                    row.numbers("windowSums"));

            row.assertClose("w1", distance, RELATIVE);
        }
    }

    @Test
    void wassersteinOfSlotMeansIsNearThatOfTheValuesEvenFarOutOfRange() {
        List<Row> fine = Fixtures.read("numeric").stream()
                .filter(row -> row.text("name").endsWith("/ fine"))
                .toList();
        assertThat(fine).hasSizeGreaterThan(10);
        for (Row row : fine) {
            double distance = Wasserstein.distance(
                    row.wholes("baseline"),
                    row.numbers("baselineSums"),
                    row.wholes("window"),
                    row.numbers("windowSums"));

            double allowed = 0.06 * row.number("rawSd") + 0.01 * row.number("rawW1") + 0.01;
            assertThat(distance).as("%s", row).isCloseTo(row.number("rawW1"), within(allowed));
        }
    }

    @Test
    void chiSquareOfTwoSamples() {
        for (Row row : all()) {
            ChiSquareTest test = ChiSquareTest.of(row.wholes("baseline"), row.wholes("window"));

            row.assertClose("chi2", test.statistic(), RELATIVE);
            row.assertClose("chi2P", test.pValue(), RELATIVE);
            row.assertClose("cramersV", test.cramersV(), RELATIVE);
            assertThat(test.degreesOfFreedom()).as("%s", row).isEqualTo((int) row.whole("chi2Df"));
        }
    }

    @Test
    void rareCategoriesArePooledBeforeTheTests() {
        for (Row row : Fixtures.read("categorical-pooled")) {
            long[] baseline = row.wholes("baseline");
            long[] window = row.wholes("window");
            CategoryCells cells = CategoryCells.of(baseline, window);
            ChiSquareTest test = ChiSquareTest.pooled(baseline, window);
            PopulationStability stability = PopulationStability.pooled(baseline, window);

            assertThat(cells.baseline()).as("%s", row).containsExactly(row.wholes("cells"));
            assertThat(cells.window()).as("%s", row).containsExactly(row.wholes("windowCells"));
            row.assertClose("chi2", test.statistic(), RELATIVE);
            row.assertClose("chi2P", test.pValue(), RELATIVE);
            row.assertClose("cramersV", test.cramersV(), RELATIVE);
            row.assertClose("psi", stability.psi(), RELATIVE);
            row.assertClose("pNoDrift", stability.pNoDrift(), RELATIVE);
            assertProbability(row, "pMaterial", stability.pMaterial(0.1));
        }
    }

    @Test
    void unseenCategories() {
        for (Row row : Fixtures.read("unseen")) {
            double actual = UnseenCategories.pValue(
                    row.whole("baselineUnseen"), row.whole("m"), row.whole("unseen"), row.whole("n"));

            row.assertClose("p", actual, RELATIVE);
        }
    }

    @Test
    void sharesByNormalOrFisher() {
        for (Row row : Fixtures.read("proportions")) {
            ProportionTest test = ProportionTest.of(row.whole("k1"), row.whole("m"), row.whole("k2"), row.whole("n"));

            row.assertClose("z", test.z(), RELATIVE);
            row.assertClose("p", test.pValue(), RELATIVE);
            assertThat(test.exact()).as("%s", row).isEqualTo(row.whole("exact") == 1);
        }
    }

    @Test
    void meansByWelch() {
        for (Row row : Fixtures.read("welch")) {
            WelchTest test = WelchTest.of(
                    new WelchTest.Sample(row.whole("m"), row.number("meanA"), row.number("varianceA")),
                    new WelchTest.Sample(row.whole("n"), row.number("meanB"), row.number("varianceB")));

            row.assertClose("t", test.t(), RELATIVE);
            row.assertClose("p", test.pValue(), RELATIVE);
        }
    }
}
