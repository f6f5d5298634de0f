package dev.penstock.loadtest.scenario;

import dev.penstock.loadtest.engine.Pacing;
import dev.penstock.loadtest.engine.Pacing.Spacing;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads the loads of a scenario; series become one load for each value.
final class LoadReader {
    static final Map<String, Spacing> ARRIVALS = Map.of("poisson", Spacing.POISSON, "constant", Spacing.CONSTANT);
    private static final List<Integer> NEWCOMER = List.of(1, 4, 16, 64);
    private static final String RATE = "requests per second above 0, at most 1e8";
    private static final String KINDS = "one of rate, rates, ramp, concurrency or replay";
    private static final int MOST_CONCURRENT = 1 << 20;

    private final Keys at;
    private final Path folder;

    private LoadReader(Keys at, Path folder) {
        this.at = at;
        this.folder = folder;
    }

    /// @param searched whether there is a search, which is then enough
    static List<Load> read(Keys scenario, Path folder, boolean searched) {
        List<Load> loads = new ArrayList<>();
        for (Keys at : scenario.objects("loads")) {
            loads.addAll(new LoadReader(at, folder).read());
            at.refuseTheRest();
        }
        if (loads.isEmpty() && !searched) {
            NEWCOMER.forEach(concurrency -> loads.add(new Load.Closed(concurrency)));
        }
        return loads;
    }

    private List<Load> read() {
        List<String> kinds = List.of("rate", "rates", "ramp", "concurrency", "replay").stream()
                .filter(at::has)
                .toList();
        if (kinds.size() != 1) {
            for (String other : List.of("arrivals", "over", "repeat")) {
                at.has(other);
            }
            at.refuseTheRest();
            throw new ScenarioError(at.where(kinds.isEmpty() ? "rate" : kinds.get(1)) + ": "
                    + (kinds.isEmpty() ? "missing" : "beside " + kinds.getFirst()) + " (expected: " + KINDS + ")");
        }
        return switch (kinds.getFirst()) {
            case "rate" ->
                List.of(new Load.Rate(
                        at.number("rate", LoadReader::isRate, RATE).orElseThrow(), arrivals()));
            case "rates" -> rates();
            case "ramp" -> List.of(ramp());
            case "concurrency" -> concurrencies();
            default -> List.of(replay());
        };
    }

    private static boolean isRate(double rate) {
        return rate > 0 && rate <= Pacing.MAX_RATE;
    }

    private Spacing arrivals() {
        return at.choice("arrivals", ARRIVALS).orElse(Spacing.POISSON);
    }

    private List<Load> rates() {
        Spacing arrivals = arrivals();
        List<Double> rates = at.take("rates")
                .filter(value -> value.isString() && value.asString().contains(".."))
                .map(text -> Units.span(text.asString())
                        .flatMap(Units.Span::values)
                        .filter(values -> values.stream().allMatch(LoadReader::isRate))
                        .orElseThrow(() -> at.wrong("rates", Units.SERIES + ", in at most 1,000 steps")))
                .orElseGet(() -> at.numbers("rates", LoadReader::isRate, RATE));
        return rates.stream().<Load>map(rate -> new Load.Rate(rate, arrivals)).toList();
    }

    private Load ramp() {
        Units.Span span = Units.span(at.text("ramp").orElseThrow())
                .filter(ends -> ends.step().isEmpty() && isRate(ends.from() + ends.to()))
                .orElseThrow(() -> at.wrong("ramp", "FROM..TO in requests per second, such as 100..2000"));
        return new Load.Ramp(
                span.from(), span.to(), at.positiveTime("over").orElse(Duration.ofSeconds(30)), arrivals());
    }

    private List<Load> concurrencies() {
        return at
                .numbers(
                        "concurrency",
                        n -> n >= 1 && n <= MOST_CONCURRENT && n == Math.rint(n),
                        "whole numbers from 1 to " + MOST_CONCURRENT)
                .stream()
                .<Load>map(concurrency -> new Load.Closed(concurrency.intValue()))
                .toList();
    }

    private Load replay() {
        try {
            return new Load.Replay(
                    folder.resolve(at.text("replay").orElseThrow()),
                    at.flag("repeat").orElse(false));
        } catch (InvalidPathException e) {
            throw at.wrong("replay", "the name of a file");
        }
    }
}
