package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.engine.Pacing.Spacing;
import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.Samples.Shape;
import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.run.Searcher.Found;
import dev.penstock.loadtest.run.Searcher.Steps;
import dev.penstock.loadtest.scenario.Load;
import dev.penstock.loadtest.scenario.Search;
import dev.penstock.loadtest.scenario.Tempo;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SearcherTest {
    private static final Slo SLO = new Slo(99, Duration.ofMillis(50), 0.01);
    private static final Search SEARCH = new Search(100, 200, 0.05, 3);

    private final Stop stop = new Stop();
    private final StringWriter said = new StringWriter();

    private Found search(Steps steps) {
        return search(steps, new Tempo.For(Duration.ofSeconds(3)));
    }

    private Found search(Steps steps, Tempo.Length length) {
        return search(steps, length, SLO);
    }

    private Found search(Steps steps, Tempo.Length length, Slo slo) {
        Tempo tempo = new Tempo(Duration.ZERO, length, Optional.empty(), 0.1, Duration.ofSeconds(1));
        return new Searcher(steps, new PlainView(new PrintWriter(said)), stop, tempo, slo).run(SEARCH, Map.of());
    }

    @Test
    void stepsAreLongEnoughForThePercentileButNotWithoutEnd() {
        List<Tempo.Length> lengths = new ArrayList<>();
        Steps steps = (_, tempo, _) -> {
            lengths.add(tempo.length());
            return Optional.of(step(1000, 1000));
        };

        assertThat(search(steps, new Tempo.For(Duration.ofSeconds(3))).complete())
                .isTrue();
        assertThat(search(steps, new Tempo.For(Duration.ofSeconds(1))).complete())
                .isTrue();
        assertThat(search(steps, new Tempo.Requests(1000)).complete()).isTrue();

        assertThat(lengths)
                .containsExactly(
                        new Tempo.For(Duration.ofSeconds(15)),
                        new Tempo.For(Duration.ofMillis(7500)),
                        new Tempo.For(Duration.ofSeconds(6)),
                        new Tempo.For(Duration.ofSeconds(6)),
                        new Tempo.Requests(1500),
                        new Tempo.Requests(1500));
    }

    @Test
    void stepsHaveAsManyAnswersAsAreJudgedEnough() {
        for (double percentile : new double[] {50, 99, 99.99, 99.999}) {
            Slo slo = new Slo(percentile, Duration.ofMillis(50), 0.01);
            List<Tempo.Length> lengths = new ArrayList<>();
            Steps steps = (_, tempo, _) -> {
                lengths.add(tempo.length());
                return Optional.of(step(10, 1000));
            };

            assertThat(search(steps, new Tempo.Requests(500_000), slo).stages()).isNotEmpty();

            long count = lengths.getFirst() instanceof Tempo.Requests(long requests) ? requests : 0;
            assertThat((double) count * SloJudge.shareBeyond(slo))
                    .as("p%s", percentile)
                    .isGreaterThanOrEqualTo(SloJudge.BEYOND);
        }
    }

    @Test
    void theLongestOfAllNeedsNoLongerSteps() {
        List<Tempo.Length> lengths = new ArrayList<>();
        Steps steps = (_, tempo, _) -> {
            lengths.add(tempo.length());
            return Optional.of(step(10, 1000));
        };
        Tempo.Length asked = new Tempo.For(Duration.ofSeconds(3));

        Found found = search(steps, asked, new Slo(100, Duration.ofMillis(50), 0.01));

        assertThat(lengths).containsExactly(asked, asked);
        assertThat(found.complete()).isTrue();
        assertThat(said.toString()).doesNotContain("doubtful");
    }

    @Test
    void tooFewAnswersForThePercentileAreTold() {
        Found found = search((_, _, _) -> Optional.of(step(10, 1000)));

        assertThat(said.toString()).contains("kept, but doubtful (of 30 answers only 0 lie beyond p99");
        assertThat(SearchWords.findings(found, SLO))
                .anyMatch(line -> line.startsWith("That is doubtful: of 30 answers"));
    }

    @Test
    void placesInFlightMayBeTheLimit() {
        Found found = search((load, _, _) -> {
            double rate = load instanceof Load.Rate(double perSecond, Spacing _) ? perSecond : 0;
            StageResult step = at(rate, rate > 100 ? 900_000 : 1000);
            return Optional.of(rate > 100 ? Samples.bound(step, 0.4) : step);
        });

        assertThat(found.best()).isPresent();
        assertThat(SearchWords.findings(found, SLO))
                .anyMatch(line -> line.contains("one of the client's 256 places in flight was free"));
    }

    /// A step of 30 windows.
    private static StageResult at(double rate, double medianMicros) {
        Shape shape = new Shape(30, (int) rate, 0, medianMicros, 0.1, 0);
        return Samples.stage("step", Samples.windows(shape, new SplittableRandom(1)), List.of());
    }

    @Test
    void aSearchThatBreaksOffKeepsWhatItHadMeasured() {
        Found found = search((load, _, _) -> {
            if (load.name().equals("200/s")) {
                throw new LoadException("no connection");
            }
            return Optional.of(step(1000, 1000));
        });

        assertThat(found.stages()).hasSize(1);
        assertThat(found.best()).isPresent();
        assertThat(found.failure()).get().extracting(Throwable::getMessage).isEqualTo("no connection");
        assertThat(SearchWords.findings(found, SLO))
                .contains("The search was ended before it knew the rate to its precision.");
    }

    private static StageResult step(int requests, double medianMicros) {
        Shape shape = new Shape(3, requests, 0, medianMicros, 0.1, 0);
        return Samples.stage("step", Samples.windows(shape, new SplittableRandom(1)), List.of());
    }

    @Test
    void aStepThatWasCutShortIsKeptAndNotJudged() {
        StageResult cut = step(100, 1000);

        Found found = search((_, _, _) -> {
            stop.ask();
            return Optional.of(cut);
        });

        assertThat(found.stages()).containsExactly(cut);
        assertThat(found.best()).isEmpty();
        assertThat(found.complete()).isFalse();
        assertThat(SearchWords.findings(found, SLO))
                .containsExactly(
                        "The search was ended before it knew a rate that keeps p99 <= 50.0 ms and errors <= 1.00 %.");
    }

    @Test
    void whatWasFoundBeforeTheEndIsStillTold() {
        Found found = search((load, _, _) -> {
            if (load.name().equals("200/s")) {
                stop.ask();
            }
            return Optional.of(step(1000, 1000));
        });

        assertThat(found.stages()).hasSize(2);
        assertThat(found.best()).isPresent();
        assertThat(SearchWords.findings(found, SLO))
                .anyMatch(line -> line.startsWith("The highest rate that keeps"))
                .contains("The search was ended before it knew the rate to its precision.");
    }
}
