package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.Samples.Shape;
import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.run.RateSearch.Vote;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SloJudgeTest {
    private static final Slo SLO = new Slo(99, Duration.ofMillis(50), 0.01);

    /// Three windows.
    private static StageResult step(int requests, double medianMicros) {
        Shape shape = new Shape(3, requests / 3, 0, medianMicros, 0.1, 0);
        return Samples.stage("step", Samples.windows(shape, new SplittableRandom(1)), List.of());
    }

    @Test
    void tenAnswersHaveToLieBeyondThePercentile() {
        assertThat(SloJudge.vote(step(1020, 1000), SLO)).isEqualTo(Vote.KEPT);
        assertThat(SloJudge.vote(step(900, 1000), SLO)).isEqualTo(Vote.DOUBTFULLY_KEPT);
        assertThat(SloJudge.thinness(step(900, 1000), SLO))
                .contains("of 900 answers only 9 lie beyond p99, where 10 are needed");
    }

    /// Beyond it lies nothing, however many answers there are.
    @Test
    void theLongestOfAllIsJudgedByOneAnswer() {
        Slo longest = new Slo(100, Duration.ofMillis(50), 0.01);

        assertThat(SloJudge.vote(step(900, 1000), longest)).isEqualTo(Vote.KEPT);
        assertThat(SloJudge.vote(step(9, 900_000), longest)).isEqualTo(Vote.BROKEN);
        assertThat(SloJudge.thinness(step(900, 1000), longest)).isEmpty();
    }

    @Test
    void tenAnswersThatTookTooLongAreEnough() {
        assertThat(SloJudge.vote(step(9, 900_000), SLO)).isEqualTo(Vote.DOUBTFULLY_BROKEN);
        assertThat(SloJudge.vote(step(12, 900_000), SLO)).isEqualTo(Vote.BROKEN);
        assertThat(SloJudge.thinness(step(9, 900_000), SLO))
                .contains("of 9 answers only 9 took longer than that, where 10 are needed");
    }

    @Test
    void whatHadNotComeToRestIsDoubtful() {
        assertThat(SloJudge.vote(step(3000, 1000), SLO)).isEqualTo(Vote.KEPT);
        assertThat(SloJudge.vote(Samples.unsettled(step(3000, 1000)), SLO)).isEqualTo(Vote.DOUBTFULLY_KEPT);
        assertThat(SloJudge.vote(step(3000, 900_000), SLO)).isEqualTo(Vote.BROKEN);
        assertThat(SloJudge.vote(Samples.unsettled(step(3000, 900_000)), SLO)).isEqualTo(Vote.DOUBTFULLY_BROKEN);
    }
}
