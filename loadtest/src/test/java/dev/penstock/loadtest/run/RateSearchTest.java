package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.run.RateSearch.Vote;
import dev.penstock.loadtest.scenario.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;

class RateSearchTest {
    private static final Search SEARCH = new Search(100, 1_000_000, 0.05, 40);

    private final List<Double> tried = new ArrayList<>();

    private RateSearch run(Search search, DoubleFunction<Vote> server) {
        RateSearch course = new RateSearch(search);
        for (OptionalDouble rate = course.next(); rate.isPresent(); rate = course.next()) {
            tried.add(rate.getAsDouble());
            course.voted(server.apply(rate.getAsDouble()));
        }
        return course;
    }

    private static Vote upTo(double most, double rate) {
        return rate <= most ? Vote.KEPT : Vote.BROKEN;
    }

    @Test
    void anyCapacityIsFoundToThePrecision() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 500; round++) {
            double most = Math.exp(random.nextDouble(Math.log(2), Math.log(900_000)));

            RateSearch course = run(SEARCH, rate -> upTo(most, rate));

            assertThat(course.highestKept())
                    .as("round %d of seed 3, %s/s", round, most)
                    .isBetween(most / 1.05, most);
            assertThat(course.lowestBroken()).isGreaterThan(most);
            assertThat(course.ranOut()).isFalse();
        }
    }

    @Test
    void ratesArePlainToRead() {
        // Between 70.7 and 100, and between 84.1 and 100.
        run(new Search(50, 1_000_000, 0.05, 40), rate -> upTo(92, rate));

        assertThat(tried)
                .contains(70.7, 84.1, 91.7)
                .allSatisfy(rate -> assertThat(Double.toString(rate)).hasSizeLessThanOrEqualTo(5));
    }

    @Test
    void ratesDoubleUntilOneBreaksWhichIsDoneAgain() {
        run(SEARCH, rate -> upTo(700, rate));

        assertThat(tried.subList(0, 6)).containsExactly(100.0, 200.0, 400.0, 800.0, 800.0, 566.0);
    }

    @Test
    void aServerThatKeepsItAtTheHighestRateIsNotAskedForMore() {
        RateSearch course = run(new Search(100, 1000, 0.05, 40), _ -> Vote.KEPT);

        assertThat(course.highestKept()).isEqualTo(1000);
        assertThat(course.lowestBroken()).isInfinite();
        assertThat(tried).containsExactly(100.0, 200.0, 400.0, 800.0, 1000.0);
    }

    @Test
    void aServerThatNeverKeepsItIsGivenUp() {
        RateSearch course = run(SEARCH, _ -> Vote.BROKEN);

        assertThat(course.highestKept()).isZero();
        assertThat(tried.getLast()).isBetween(1.0, 2.0);
    }

    @Test
    void doubtfulStepsAreDoneAgainUntilTwoAgree() {
        List<Vote> votes = new ArrayList<>(List.of(Vote.DOUBTFULLY_KEPT, Vote.DOUBTFULLY_BROKEN, Vote.DOUBTFULLY_KEPT));

        RateSearch course = run(new Search(100, 100, 0.05, 40), _ -> votes.removeFirst());

        assertThat(votes).isEmpty();
        assertThat(course.highestKept()).isEqualTo(100);
    }

    /// From 1,000/s on the latency grows without end, but not beyond the limit while a step lasts.
    @Test
    void aRateWhoseLatencyGrowsIsNotKeptHoweverOftenItIsTried() {
        RateSearch course =
                run(new Search(800, 1600, 0.05, 40), rate -> SloJudge.vote(1000, 4000, 0, 0.01, rate > 1000));

        assertThat(course.highestKept()).isBetween(1000 / 1.05, 1000.0);
        assertThat(course.lowestBroken()).isGreaterThan(1000);
    }

    @Test
    void theSearchEndsAfterAsManyStepsAsItMayDo() {
        RateSearch course = run(new Search(100, 1_000_000, 0.001, 6), rate -> upTo(700, rate));

        assertThat(tried).hasSize(6);
        assertThat(course.ranOut()).isTrue();
        assertThat(course.highestKept()).isEqualTo(566);
    }

    /// A queue whose p99 is measured with 10 % of noise, and that stalls in one of 20 steps for no reason of
    /// its own.
    @Test
    void noiseCostsLittle() {
        double capacity = 5000;
        double limitMicros = 4000;
        // p99 = 1,000 µs / (1 - rate / capacity) is 4,000 µs at three quarters of the capacity.
        double most = 0.75 * capacity;
        int near = 0;
        int rounds = 400;

        for (int round = 0; round < rounds; round++) {
            SplittableRandom random = new SplittableRandom(round);
            RateSearch course = run(SEARCH, rate -> {
                double p99 = rate >= capacity ? 1e9 : 1000 / (1 - rate / capacity);
                double noise = Math.exp(0.1 * random.nextGaussian());
                boolean stalled = random.nextInt(20) == 0;
                return SloJudge.vote(stalled ? 1e6 : p99 * noise, limitMicros, 0, 0.01, false);
            });
            near += Math.abs(course.highestKept() / most - 1) < 0.15 ? 1 : 0;
        }

        assertThat(near).as("of %d searches within 15 %%", rounds).isGreaterThan(rounds * 8 / 10);
    }
}
