package dev.penstock.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.OnceCounts;
import org.junit.jupiter.api.Test;

/// What counts of errors say, where they are easily misread.
final class ErrorsJudgeTest extends EvidenceJudgeTests {
    /// 50 callers, each of which fails in every sub-window with both arms, if with one of them 50 times as
    /// often.
    @Test
    void whoFailsWithEachUnitIsNotProvenByCountingUnits() {
        Epoch busy = epoch(
                1,
                1000,
                counts(72_000, 3_600).once(5 * 200, 5 * 200),
                counts(648_000, 648).once(45 * 200, 45 * 200));
        assertThat(reading("errors", busy).verdict()).isNotEqualTo(Verdict.PASS);
        Epoch same = epoch(
                1,
                1000,
                counts(72_000, 72).once(5 * 200, 72),
                counts(648_000, 648).once(45 * 200, 648));
        assertThat(reading("errors", same).verdict()).isEqualTo(Verdict.PASS);
    }

    /// At night, when the default arm has nearly all, one in twenty fails; by day only the canary's do.
    @Test
    void ratesOfDifferentHoursAreNotComparedByTheirDifference() {
        Epoch night = epoch(0, 1000, counts(1_000, 50), counts(9_000, 450));
        Epoch day = epoch(1, 5000, counts(10_000, 30), counts(10_000, 0));
        assertThat(reading("errors", night, day).verdict()).isNotEqualTo(Verdict.PASS);
        Epoch good = epoch(1, 5000, counts(100_000, 0), counts(100_000, 0));
        assertThat(reading("errors", night, good).verdict()).isEqualTo(Verdict.PASS);
    }

    private static ArmCounts.Builder abandoned(long eligible, long abandoned) {
        return counts(eligible - abandoned, 0).abandoned(abandoned).once(new OnceCounts(eligible, 0, abandoned, 0));
    }

    /// It neither fails nor answers: callers go away, who do not know that they have the candidate.
    @Test
    void aCandidateWhoseCallersGoAwayFails() {
        Epoch hangs = epoch(1, 1000, abandoned(20, 20), abandoned(180, 1));
        assertThat(reading("errors", hangs).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(reading("errors", hangs).detail()).contains("callers went away from 20 (100.00%) and 1 (0.56%)");
        Epoch impatient = epoch(1, 5000, abandoned(50_000, 2_500), abandoned(50_000, 2_500));
        assertThat(reading("errors", impatient).verdict()).isEqualTo(Verdict.PASS);
        Epoch few = epoch(1, 5000, abandoned(50_000, 100), abandoned(50_000, 60));
        assertThat(reading("errors", few).verdict())
                .as("1.7 times as many may be")
                .isEqualTo(Verdict.INSUFFICIENT);
        Epoch alone = epoch(1, 10_000, abandoned(200, 200), counts(0, 0));
        assertThat(reading("errors", epoch(0, 1000, counts(1_000, 0), counts(9_000, 0)), alone)
                        .verdict())
                .isEqualTo(Verdict.FAIL);
    }

    private static ArmCounts.Builder refused(long eligible, long refused) {
        return counts(eligible - refused, 0).refused(refused).once(new OnceCounts(eligible, 0, 0, refused));
    }

    /// Its vocabulary is smaller: it calls an invalid argument what the default arm answers.
    @Test
    void aCandidateThatRefusesWhatTheDefaultArmAnswersFails() {
        Epoch refuses = epoch(1, 1000, refused(100, 30), refused(900, 0));
        assertThat(reading("errors", refuses).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(reading("errors", refuses).detail()).contains("refused were 30 (30.00%) and 0 (0.00%)");
    }

    /// Some callers send what nobody takes, to both alike.
    @Test
    void whatCallersDoWrongIsHeldAgainstNobody() {
        Epoch wrong = epoch(1, 5000, refused(50_000, 10_000), refused(50_000, 10_000));
        assertThat(reading("errors", wrong).verdict()).isEqualTo(Verdict.PASS);
        Epoch more = epoch(1, 5000, refused(50_000, 100), refused(50_000, 60));
        assertThat(reading("errors", more).verdict()).isEqualTo(Verdict.INSUFFICIENT);
        Epoch before = epoch(0, 5000, refused(50_000, 10_000), refused(50_000, 10_000));
        Epoch alone = epoch(1, 10_000, refused(50_000, 10_000), counts(0, 0));
        assertThat(reading("errors", before, alone).verdict()).isEqualTo(Verdict.PASS);
        Epoch allRefused = epoch(1, 10_000, refused(500, 500), counts(0, 0));
        assertThat(reading("errors", before, allRefused).verdict()).isEqualTo(Verdict.FAIL);
    }

    /// Two candidates that fail as often as the default arm, in an hour in which all fail more often, or are
    /// busier.
    @Test
    void aWorseHourIsNotHeldAgainstWhoHasAllRequests() {
        Epoch before = epoch(0, 5000, counts(50_000, 500), counts(50_000, 500));
        Epoch worseHour = epoch(1, 10_000, counts(50_000, 1_500), counts(0, 0));
        assertThat(reading("errors", before, worseHour).verdict()).isNotEqualTo(Verdict.FAIL);
        Epoch busy = epoch(1, 10_000, counts(500_000, 5_000).once(10_000, 4_000), counts(0, 0));
        assertThat(reading("errors", before, busy).verdict()).isNotEqualTo(Verdict.FAIL);
    }

    @Test
    void whoHasAllRequestsAndFailsMoreThanMayFailIsJudgedByNumbersThatAreTold() {
        Epoch before = epoch(0, 5000, counts(50_000, 500), counts(50_000, 500));
        Epoch broken = epoch(1, 10_000, counts(2_000, 200), counts(0, 0));
        MetricReading reading = reading("errors", before, broken);
        assertThat(reading.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(reading.detail())
                .contains("200 of 2000", "10.00%", "objective: 5.00%, rolled back above 5.00%", "500 of 50000 (1.00%)");
        assertThat(reading.estimate().value()).isEqualTo(10, within(1e-9));
        assertThat(reading.estimate().lower()).isGreaterThan(5).isLessThan(10);
        assertThat(reading.estimate().upper()).isGreaterThan(10);
    }

    @Test
    void whoHasAllRequestsPassesOnceItCertainlyFailsSeldomEnough() {
        Epoch before = epoch(0, 5000, counts(50_000, 500), counts(50_000, 500));
        assertThat(reading("errors", before, epoch(1, 10_000, counts(50, 0), counts(0, 0)))
                        .verdict())
                .isEqualTo(Verdict.INSUFFICIENT);
        assertThat(reading("errors", before, epoch(1, 10_000, counts(500, 5), counts(0, 0)))
                        .verdict())
                .isEqualTo(Verdict.PASS);
    }

    /// At night nearly all goes to the default arm and one in ten fails, by day half and one in a thousand: the
    /// ratio of the totals is 0.16.
    @Test
    void theRatioOfErrorsIsThatOfRequestsOfTheSameTime() {
        Epoch night = epoch(0, 1000, counts(1_000, 100), counts(9_000, 900));
        Epoch day = epoch(1, 5000, counts(100_000, 100), counts(100_000, 100));
        MetricReading.Estimate ratio = reading("errors", night, day).estimate();
        assertThat(ratio.value()).isEqualTo(1, within(1e-9));
        assertThat(ratio.value()).isBetween(ratio.lower(), ratio.upper());
    }

    /// A bucket was answered before the step was judged, and fails now.
    @Test
    void moreFailuresThanRequestsOfASubWindowAreJudged() {
        Epoch before = epoch(0, 1000, counts(1_000, 0), counts(9_000, 0));
        Epoch alone = epoch(1, 10_000, counts(140, 100).once(40, 100), counts(0, 0));
        assertThat(reading("errors", before, alone).verdict()).isEqualTo(Verdict.FAIL);
        Epoch beside = epoch(1, 5000, counts(140, 100).once(40, 100), counts(140, 0));
        assertThat(reading("errors", before, beside).verdict()).isNotEqualTo(Verdict.PASS);
    }
}
