package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.latency.Latencies;
import dev.penstock.loadtest.result.Part;
import dev.penstock.loadtest.result.Samples;
import dev.penstock.loadtest.result.Samples.Shape;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.Window;
import dev.penstock.loadtest.run.ShareWords.Answers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ShareWordsTest {
    private static final Map<String, Double> WEIGHTS = new LinkedHashMap<>();

    static {
        WEIGHTS.put("1", 0.9);
        WEIGHTS.put("2", 0.1);
    }

    private static String finding(String kind, Map<String, Long> counts) {
        return ShareWords.finding(kind, WEIGHTS, new Answers(counts, 0));
    }

    @Test
    void sharesNearTheirWeightsAreAsExpected() {
        assertThat(finding("version", Map.of("1", 905L, "2", 95L)))
                .isEqualTo("Shares by version: 1 90.5 % (expected 90.0 %), 2 9.50 % (expected 10.0 %): as expected"
                        + " (chi-square, p = 0.60).");
    }

    @Test
    void othersAreNot() {
        assertThat(finding("version", Map.of("1", 500L, "2", 500L))).contains("NOT as expected (chi-square");
        assertThat(finding("version", Map.of("1", 90L, "3", 10L)))
                .contains("NOT as expected, as [3] answered and should not");
    }

    @Test
    void fewAnswersAreNotJudged() {
        assertThat(finding("arm", Map.of("1", 9L, "2", 1L))).contains("10 answers are not enough");
    }

    @Test
    void aServerThatDoesNotSayIsNotJudged() {
        assertThat(finding("arm", Map.of("", 900L))).contains("do not say their arm");
    }

    @Test
    void thatNothingWasAnsweredIsNotTheServersSilence() {
        StageResult told = stage(
                new Part("version", "", OptionalDouble.empty(), 0, Map.of("TIMEOUT", 1500L), Samples.histogram()));

        assertThat(ShareWords.findings(List.of(told), Map.of("version", WEIGHTS)))
                .containsExactly("Shares by version: there was no right answer; 1,500 requests failed and do not say"
                        + " their version.");
        // Of which no part is told, as no answer has the header.
        Window window = new Window(Duration.ZERO, Duration.ofSeconds(1), 70, 0, 70, 0, Latencies.NONE);
        StageResult untold = Samples.stage("100/s", List.of(window), List.of());
        assertThat(ShareWords.findings(List.of(untold), Map.of("version", WEIGHTS)))
                .containsExactly("Shares by version: there was no right answer; 70 requests failed and do not say"
                        + " their version.");
        assertThat(ShareWords.findings(List.of(stage()), Map.of("version", WEIGHTS)))
                .containsExactly("Shares by version: the server's answers do not say their version.");
    }

    @Test
    void anArmThatFailsHasItsShareAllTheSame() {
        StageResult stage = stage(
                new Part("version", "1", OptionalDouble.empty(), 900, Map.of(), Samples.histogram()),
                new Part("version", "2", OptionalDouble.empty(), 0, Map.of("INTERNAL", 100L), Samples.histogram()));

        assertThat(ShareWords.findings(List.of(stage), Map.of("version", WEIGHTS)))
                .singleElement()
                .asString()
                .contains("2 10.0 % (expected 10.0 %): as expected")
                .doesNotContain("failed requests");
    }

    @Test
    void whatNobodyAnsweredIsToldAndInNoShare() {
        StageResult stage = stage(
                new Part("version", "1", OptionalDouble.empty(), 900, Map.of(), Samples.histogram()),
                new Part("version", "2", OptionalDouble.empty(), 100, Map.of(), Samples.histogram()),
                new Part("version", "", OptionalDouble.empty(), 0, Map.of("TIMEOUT", 50L), Samples.histogram()));

        assertThat(ShareWords.findings(List.of(stage), Map.of("version", WEIGHTS)))
                .singleElement()
                .asString()
                .contains("1 90.0 %", ": as expected", "50 failed requests do not say their version");
    }

    @Test
    void allForOneIsJudgedWithoutChance() {
        Map<String, Double> all = Map.of("1", 1.0, "2", 0.0);

        assertThat(ShareWords.finding("arm", all, new Answers(Map.of("1", 3L), 0)))
                .endsWith(": as expected, as nobody else answered.");
        assertThat(ShareWords.finding("arm", all, new Answers(Map.of("1", 300L, "2", 1L), 0)))
                .contains("NOT as expected, as [2] answered and should not");
    }

    private static StageResult stage(Part... parts) {
        Shape shape = new Shape(1, 10, 0, 1000, 0.1, 0);
        return Samples.stage("100/s", Samples.windows(shape, new SplittableRandom(1)), List.of(parts));
    }
}
