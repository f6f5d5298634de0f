package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShareWordsTest {
    private static final Map<String, Double> WEIGHTS = new LinkedHashMap<>();

    static {
        WEIGHTS.put("1", 0.9);
        WEIGHTS.put("2", 0.1);
    }

    @Test
    void sharesNearTheirWeightsAreAsExpected() {
        assertThat(ShareWords.finding("version", WEIGHTS, Map.of("1", 905L, "2", 95L)))
                .isEqualTo("Shares by version: 1 90.5 % (expected 90.0 %), 2 9.50 % (expected 10.0 %): as expected"
                        + " (chi-square, p = 0.60).");
    }

    @Test
    void othersAreNot() {
        assertThat(ShareWords.finding("version", WEIGHTS, Map.of("1", 500L, "2", 500L)))
                .contains("NOT as expected (chi-square");
        assertThat(ShareWords.finding("version", WEIGHTS, Map.of("1", 90L, "3", 10L)))
                .contains("NOT as expected, as [3] answered and should not");
    }

    @Test
    void fewAnswersAreNotJudged() {
        assertThat(ShareWords.finding("arm", WEIGHTS, Map.of("1", 9L, "2", 1L))).contains("10 answers are not enough");
    }

    @Test
    void aServerThatDoesNotSayIsNotJudged() {
        assertThat(ShareWords.finding("arm", WEIGHTS, Map.of("", 900L))).contains("do not say their arm");
    }
}
