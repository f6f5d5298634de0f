package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.Recommended;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.Steadiness.Settling;
import dev.penstock.loadtest.result.TestResult;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The few numbers that a reader looks for first: those of the stage that a search or a sweep chose, otherwise
/// of the highest rate that can be relied on. Pure.
///
/// @param heading what they are the numbers of
record KeyNumbers(String heading, List<Tile> tiles) {
    /// @param name in words
    /// @param figure with its unit
    record Tile(String name, String figure) {}

    KeyNumbers {
        tiles = List.copyOf(tiles);
    }

    /// @return empty if no stage is valid, or none keeps what was promised
    static Optional<KeyNumbers> of(TestResult result) {
        return result.stages().stream()
                .filter(stage -> stage.validity().isValid() && stage.succeeded() > 0)
                .filter(stage -> result.slo().map(slo -> slo.isKeptBy(stage)).orElse(true))
                .filter(stage -> isEligible(stage, result.recommended()))
                .max(Comparator.comparingDouble(StageResult::perSecond))
                .map(stage -> of(result, stage));
    }

    /// A search knows more of its steps than whether each kept what was promised.
    private static boolean isEligible(StageResult stage, Optional<Recommended> recommended) {
        return recommended
                .map(chosen -> chosen.stage().equals(Optional.of(stage.name())))
                .orElseGet(() -> stage.steadiness().settling() != Settling.TIMED_OUT);
    }

    private static KeyNumbers of(TestResult result, StageResult best) {
        String kept = result.slo().map(slo -> " that kept " + Words.text(slo)).orElse("");
        return new KeyNumbers(
                "The highest rate" + kept + ", in stage " + best.name(),
                List.of(
                        new Tile("right answers", Figures.rate(best.perSecond()) + "/s"),
                        new Tile("p50", Figures.micros(best.latencyMicros(50))),
                        new Tile("p99", Figures.micros(best.latencyMicros(99))),
                        new Tile("max", Figures.micros(best.latencyMicros(100))),
                        new Tile("errors", Figures.percent(best.errorShare()))));
    }
}
