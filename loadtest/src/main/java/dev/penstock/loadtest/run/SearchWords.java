package dev.penstock.loadtest.run;

import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.run.RateSearch.Vote;
import dev.penstock.loadtest.run.Searcher.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a search says, step by step and in the end.
final class SearchWords {
    private static final double HEADROOM = 0.8;

    private SearchWords() {}

    static String text(Slo slo) {
        return slo.percentileName() + " <= "
                + Numbers.micros((double) slo.latency().toNanos() / 1e3) + " and errors <= "
                + Numbers.percent(slo.errorShare());
    }

    static String step(StageResult stage, Slo slo, Vote vote, RateSearch course) {
        String verdict = switch (vote) {
            case KEPT -> "kept";
            case DOUBTFULLY_KEPT -> "kept, but doubtful";
            case DOUBTFULLY_BROKEN -> "broken, but doubtful";
            case BROKEN -> "broken";
        };
        return "%s: %s %s, errors %s: %s%s%s"
                .formatted(
                        stage.name(),
                        slo.percentileName(),
                        Numbers.micros(stage.latencyMicros(slo.percentile())),
                        Numbers.percent(stage.errorShare()),
                        verdict,
                        SloJudge.thinness(stage, slo)
                                .map(why -> " (" + why + ")")
                                .orElse(""),
                        course.attempts() > 0 ? "; once more" : "");
    }

    static List<String> findings(Found found, Slo slo) {
        List<String> findings = new ArrayList<>(
                found.best().map(best -> findings(found, best, slo)).orElseGet(() -> List.of(none(found, slo))));
        boolean broken = found.best().isEmpty()
                && !found.isBrokenOff()
                && !found.stages().isEmpty();
        (broken ? Optional.of(found.stages().getLast()) : found.best())
                .flatMap(stage -> SloJudge.thinness(stage, slo))
                .ifPresent(why -> findings.add("That is doubtful: " + why + ". Measure longer (duration)."));
        found.stages().stream()
                .filter(stage -> stage.offeredPerSecond() == found.broken()
                        && stage.client().isBoundByPlaces())
                .findFirst()
                .ifPresent(stage -> findings.add(bound(stage)));
        return findings;
    }

    private static String bound(StageResult stage) {
        return "At " + Numbers.rate(stage.offeredPerSecond()) + "/s requests waited until one of the client's "
                + stage.concurrency() + " places in flight was free: that rate may be the client's limit and not the"
                + " server's. Raise in-flight or connections and search again.";
    }

    private static List<String> findings(Found found, StageResult best, Slo slo) {
        double rate = best.offeredPerSecond();
        String first = "The highest rate that keeps %s is %s/s (%s %s, errors %s)%s."
                .formatted(
                        text(slo),
                        Numbers.rate(rate),
                        slo.percentileName(),
                        Numbers.micros(best.latencyMicros(slo.percentile())),
                        Numbers.percent(best.errorShare()),
                        Double.isInfinite(found.broken())
                                ? "; it was the highest that was tried"
                                : "; at %s/s it is broken".formatted(Numbers.rate(found.broken())));
        String second = "Recommendation: plan for at most %s/s on a server like this, which leaves 20 %% for bad days."
                .formatted(Numbers.rate(rate * HEADROOM));
        if (!best.validity().isValid()) {
            return List.of(
                    first,
                    "Not to be relied on: the client could not keep up in that step, so the latency is partly"
                            + " its own. Use more threads, or ask from another machine.");
        }
        if (found.clientLimited()) {
            return List.of(
                    first,
                    "The search ended because the client could not keep up, not the server: use more"
                            + " threads, or ask from another machine.");
        }
        return found.complete()
                ? List.of(first, second)
                : List.of(first, second, "The search was ended before it knew the rate to its precision.");
    }

    private static String none(Found found, Slo slo) {
        if (found.stages().isEmpty()) {
            return "The search was ended before anything was measured.";
        }
        if (found.isBrokenOff()) {
            return "The search was ended before it knew a rate that keeps " + text(slo) + ".";
        }
        StageResult lowest = found.stages().getLast();
        return "No rate that was tried keeps %s: at %s/s, the lowest, %s was %s and errors %s."
                .formatted(
                        text(slo),
                        Numbers.rate(lowest.offeredPerSecond()),
                        slo.percentileName(),
                        Numbers.micros(lowest.latencyMicros(slo.percentile())),
                        Numbers.percent(lowest.errorShare()));
    }

    /// The best of a sweep.
    static String recommendation(String model, StageResult best, Slo slo) {
        return "Recommendation for %s: %s. It is the fastest of those tried that keeps %s: %s/s, %s %s."
                .formatted(
                        model,
                        Sweeper.words(best.settings()),
                        text(slo),
                        Numbers.rate(best.perSecond()),
                        slo.percentileName(),
                        Numbers.micros(best.latencyMicros(slo.percentile())));
    }

    static String recommendation(String model, StageResult best) {
        return "Recommendation for %s: %s. It is the fastest of those tried: %s/s, p99 %s. Without an SLO that is all there"
                        .formatted(
                                model,
                                Sweeper.words(best.settings()),
                                Numbers.rate(best.perSecond()),
                                Numbers.micros(best.latencyMicros(99)))
                + " is to go by; --slo-p99 says what latency is good enough.";
    }
}
