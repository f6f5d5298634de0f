package dev.penstock.monitor.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.monitor.Fixtures;
import dev.penstock.monitor.Fixtures.Row;
import org.junit.jupiter.api.Test;

/// Counters against what SciPy makes of single predictions.
class QualityTest {
    private static final double RELATIVE = 1e-9;

    @Test
    void classificationFromLabelsByScoreBin() {
        for (Row row : Fixtures.read("classification")) {
            ScoreLabels labels = ScoreLabels.counted(row.wholes("positives"), row.wholes("negatives"));
            Confusion confusion = labels.confusionFrom((int) row.whole("first"));

            row.assertClose("accuracy", confusion.accuracy(), RELATIVE);
            row.assertClose("precision", confusion.precision(), RELATIVE);
            row.assertClose("recall", confusion.recall(), RELATIVE);
            assertThat(confusion.specificity()).as("%s", row).isCloseTo(row.number("specificity"), within(1e-12));
            row.assertClose("f1", confusion.f1(), RELATIVE);
            row.assertClose("matthews", confusion.matthews(), RELATIVE);
            row.assertClose("auroc", labels.areaUnderCurve(), RELATIVE);
            assertThat(labels.areaUnderCurve()).as("%s", row).isCloseTo(row.number("rawAuroc"), within(0.03));
        }
    }

    @Test
    void severalClasses() {
        for (Row row : Fixtures.read("classes")) {
            ClassLabels labels = new ClassLabels((int) row.whole("classes"), row.wholes("counts"));

            row.assertClose("accuracy", labels.accuracy(), RELATIVE);
            row.assertClose("macroF1", labels.macroF1(), RELATIVE);
            row.assertClose("balancedAccuracy", labels.balancedAccuracy(), RELATIVE);
        }
        assertThat(new ClassLabels(2, new long[4]).accuracy()).isNaN();
    }

    @Test
    void whatIsOfNothingIsNotANumber() {
        Confusion none = new Confusion(0, 0, 3, 4);
        ScoreLabels positivesOnly = ScoreLabels.counted(new long[] {1, 2}, new long[] {0, 0});

        assertThat(none.precision()).isNaN();
        assertThat(none.recall()).isZero();
        assertThat(none.matthews()).isNaN();
        assertThat(positivesOnly.areaUnderCurve()).isNaN();
        assertThat(new ProbabilityErrors(0, 0, 0).brier()).isNaN();
        assertThat(RegressionErrors.NONE.meanAbsoluteError()).isNaN();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Confusion(1, Double.NaN, 1, 1))
                .withMessage("falsePositive: NaN (expected: >= 0, finite)");
    }

    @Test
    void probabilities() {
        for (Row row : Fixtures.read("probabilities")) {
            double[] scores = row.numbers("score");
            long[] labels = row.wholes("label");
            ProbabilityErrors errors = new ProbabilityErrors(0, 0, 0);
            long[] positives = new long[10];
            long[] totals = new long[10];
            double[] sums = new double[10];
            for (int i = 0; i < scores.length; i++) {
                double missed = scores[i] - (double) labels[i];
                double loss = ProbabilityErrors.logLoss(scores[i], labels[i] == 1);
                errors = errors.plus(new ProbabilityErrors(1, loss, missed * missed));
                int bin = (int) (scores[i] * 10);
                positives[bin] += labels[i];
                totals[bin]++;
                sums[bin] += scores[i];
            }

            row.assertClose("logLoss", errors.logLoss(), RELATIVE);
            row.assertClose("brier", errors.brier(), RELATIVE);
            row.assertClose("ece", ProbabilityErrors.calibrationError(positives, totals, sums), RELATIVE);
        }
    }

    @Test
    void aWrongCertaintyCostsMuchButNotEverything() {
        assertThat(ProbabilityErrors.logLoss(0, true)).isCloseTo(-Math.log(1e-15), within(1e-9));
        assertThat(ProbabilityErrors.logLoss(1, false)).isCloseTo(-Math.log(1e-15), within(0.2));
        assertThat(ProbabilityErrors.logLoss(1, true)).isZero();
    }

    @Test
    void regression() {
        for (Row row : Fixtures.read("regression")) {
            RegressionErrors errors = new RegressionErrors(
                    row.whole("n"),
                    row.number("errorSum"),
                    row.number("absoluteSum"),
                    row.number("squareSum"),
                    row.number("labelSum"),
                    row.number("labelSquareSum"));

            row.assertClose("bias", errors.bias(), RELATIVE);
            row.assertClose("mae", errors.meanAbsoluteError(), RELATIVE);
            row.assertClose("rmse", errors.rootMeanSquareError(), RELATIVE);
            // The labels' variance is a difference of two sums, of which one is 10,000 times as large in one
            // case.
            row.assertClose("r2", errors.rSquared(), 1e-9);
        }
    }

    @Test
    void regressionSumsAddUpOverReplicas() {
        for (Row row : Fixtures.read("regression")) {
            double[] predicted = row.numbers("predicted");
            double[] labels = row.numbers("label");
            RegressionErrors even = RegressionErrors.NONE;
            RegressionErrors odd = RegressionErrors.NONE;
            for (int i = 0; i < labels.length; i += 2) {
                even = even.with(predicted[i], labels[i]);
                odd = odd.with(predicted[i + 1], labels[i + 1]);
            }
            if (labels.length > 0) {
                row.assertClose("errorSum", odd.plus(even).errorSum(), 1e-10);
                row.assertClose("r2", even.plus(odd).rSquared(), 1e-9);
            }
        }
    }

    @Test
    void qualityThatIsEstimated() {
        for (Row row : Fixtures.read("estimated")) {
            EstimatedQuality estimate =
                    EstimatedQuality.of(row.wholes("counts"), row.numbers("calibration"), (int) row.whole("first"));

            row.assertClose("tp", estimate.confusion().truePositive(), RELATIVE);
            row.assertClose("fp", estimate.confusion().falsePositive(), RELATIVE);
            row.assertClose("fn", estimate.confusion().falseNegative(), RELATIVE);
            row.assertClose("tn", estimate.confusion().trueNegative(), RELATIVE);
            row.assertClose("accuracy", estimate.accuracy(), RELATIVE);
            row.assertClose("standardError", estimate.standardError(), RELATIVE);
            row.assertClose("auroc", estimate.labels().areaUnderCurve(), RELATIVE);
        }
    }
}
