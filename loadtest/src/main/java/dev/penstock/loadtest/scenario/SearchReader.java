package dev.penstock.loadtest.scenario;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads what is to be looked for: a rate, and settings of a model.
final class SearchReader {
    private static final double LEAST_PRECISION = 0.001;

    private SearchReader() {}

    static Search search(Keys at) {
        Search search = new Search(
                at.number("from", n -> n >= 1 && n <= 1e8, "a rate from 1 to 1e8")
                        .orElse(100.0),
                at.number("to", n -> n >= 1 && n <= 1e8, "a rate from 1 to 1e8").orElse(1e6),
                precision(at),
                at.count("steps", 1).orElse(40));
        if (search.fromPerSecond() > search.toPerSecond()) {
            throw at.wrong("from", "at most search.to, " + Units.text(search.toPerSecond()));
        }
        at.refuseTheRest();
        return search;
    }

    private static double precision(Keys at) {
        double precision = at.share("precision").orElse(0.05);
        if (precision < LEAST_PRECISION) {
            throw at.wrong("precision", "a share of 1 from 0.1% to 100%, such as 0.05 or 5%");
        }
        return precision;
    }

    static Sweep sweep(Keys at, List<MixEntry> mix) {
        Map<Sweep.Setting, List<Long>> values = new LinkedHashMap<>();
        for (Sweep.Setting setting : Sweep.Setting.values()) {
            List<Long> list =
                    at
                            .numbers(setting.key(), n -> n >= 0 && n < 1e9 && n == Math.rint(n), "whole numbers >= 0")
                            .stream()
                            .map(Double::longValue)
                            .toList();
            if (!list.isEmpty()) {
                values.put(setting, list);
            }
        }
        Sweep sweep = new Sweep(at.text("model").orElse(mix.getFirst().model()), values);
        at.refuseTheRest();
        if (values.isEmpty()) {
            throw new ScenarioError(at.where("max-batch-size")
                    + ": missing (expected: values of max-batch-size, max-queue-delay-us or instances to try)");
        }
        return sweep;
    }
}
