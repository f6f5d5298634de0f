package dev.penstock.server.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.RewardRange;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.server.routing.Fields;
import dev.penstock.server.wire.HeaderText;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The metrics of a rollout as JSON. Pure.
final class MetricJson {
    private static final List<String> OF_ALL = List.of("type", "required");
    private static final String MIN = "min";
    private static final String MAX = "max";
    private static final String MIN_LIFT = "minLift";
    private static final String STOP_WHEN_BETTER = "stopWhenBetter";
    private static final List<String> OF_WEBHOOK = List.of("name", "address", "interval", "failureLimit");

    /// What else there is, by type: what means nothing would leave its writer with another metric than was
    /// asked for.
    private static final Map<String, List<String>> KNOWN = Map.of(
            "errors",
            List.of("rollbackRatio", "promoteRatio", "promoteAbsolute"),
            "latency",
            List.of("quantiles", "rollbackRatio", "promoteRatio"),
            "predictionDrift",
            List.of("critical"),
            "disagreement",
            List.of("max", "tolerance"),
            "copyLatency",
            List.of("maxRatio"),
            "reward",
            List.of("margin", MIN, MAX, MIN_LIFT, STOP_WHEN_BETTER),
            "quality",
            List.of("margin", MIN_LIFT, STOP_WHEN_BETTER),
            "prometheus",
            with(OF_WEBHOOK, List.of("query", "successCondition")),
            "webhook",
            OF_WEBHOOK);

    private static final String TYPES =
            "errors, latency, predictionDrift, disagreement, copyLatency, reward, quality, prometheus or webhook";

    private MetricJson() {}

    static List<MetricSpec> read(Fields rollout, Strategy strategy) {
        if (!rollout.has("metrics")) {
            return RolloutSpec.standardMetrics(strategy);
        }
        List<MetricSpec> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        rollout.list("metrics", element -> {
            List<MetricSpec> some = of(element);
            some.forEach(metric -> refuseTwice(names.add(metric.name()), metric.name()));
            return all.addAll(some);
        });
        return all;
    }

    private static void refuseTwice(boolean first, String name) {
        if (!first) {
            Mistake twice = Mistake.wrong(FieldPath.HERE, HeaderText.quote(name), "each of them once");
            throw ServingException.of(twice.amongFields());
        }
    }

    private static List<String> with(List<String> some, List<String> others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private static List<MetricSpec> of(JsonNode element) {
        Fields any = Fields.of(element);
        String type = any.text("type");
        List<String> known = KNOWN.get(type);
        if (known == null) {
            throw Fields.invalid(FieldPath.of("type"), type, TYPES);
        }
        return of(type, Fields.of(element, with(OF_ALL, known)));
    }

    private static List<MetricSpec> of(String type, Fields fields) {
        return switch (type) {
            case "errors" -> {
                MetricSpec.Errors usual = MetricSpec.Errors.STANDARD;
                yield List.of(new MetricSpec.Errors(
                        fields.number("rollbackRatio", usual.rollbackRatio()),
                        fields.number("promoteRatio", usual.promoteRatio()),
                        Texts.part(fields, "promoteAbsolute", usual.promoteAbsolute()),
                        Texts.flag(fields, "required", true)));
            }
            case "latency" -> latencies(fields);
            case "predictionDrift" ->
                List.of(new MetricSpec.PredictionDrift(
                        fields.number("critical", MetricSpec.PredictionDrift.STANDARD.critical()),
                        Texts.flag(fields, "required", false)));
            case "disagreement" ->
                List.of(new MetricSpec.Disagreement(
                        Texts.part(fields, "max", MetricSpec.Disagreement.STANDARD.max()),
                        fields.number("tolerance", MetricSpec.Disagreement.STANDARD.tolerance()),
                        Texts.flag(fields, "required", true)));
            case "copyLatency" ->
                List.of(new MetricSpec.CopyLatency(
                        fields.number("maxRatio", MetricSpec.CopyLatency.STANDARD.maxRatio()),
                        Texts.flag(fields, "required", false)));
            case "reward", "quality" ->
                List.of(new MetricSpec.Feedback(
                        type.equals("quality"),
                        Texts.part(fields, "margin", 0.01),
                        range(fields),
                        Texts.flag(fields, "required", true),
                        Texts.part(fields, MIN_LIFT, 0),
                        Texts.flag(fields, STOP_WHEN_BETTER, false)));
            case "prometheus" -> List.of(gate(fields, fields.text("query"), fields.text("successCondition")));
            default -> List.of(gate(fields, "", ""));
        };
    }

    /// @throws ServingException unless the least is less than the most
    private static RewardRange range(Fields fields) {
        double least = fields.number(MIN, RewardRange.UNBOUNDED.least());
        double most = fields.number(MAX, RewardRange.UNBOUNDED.most());
        // Neither may be NaN, as YAML can say.
        if (!(least < most)) {
            String expected = "less than max, " + most;
            throw ServingException.of(Mistake.wrong(FieldPath.of(MIN), String.valueOf(least), expected)
                    .amongFields());
        }
        return new RewardRange(least, most);
    }

    private static void write(ObjectNode node, String name, double bound) {
        if (Double.isFinite(bound)) {
            node.put(name, bound);
        }
    }

    /// What is as usual is left out: records of before, and those who know no more, have nothing else.
    private static void write(ObjectNode node, MetricSpec.Feedback feedback) {
        node.put("type", feedback.name()).put("margin", feedback.margin());
        write(node, MIN, feedback.range().least());
        write(node, MAX, feedback.range().most());
        if (feedback.minLift() > 0) {
            node.put(MIN_LIFT, feedback.minLift());
        }
        if (feedback.stopWhenBetter()) {
            node.put(STOP_WHEN_BETTER, true);
        }
    }

    private static List<MetricSpec> latencies(Fields fields) {
        @Nullable JsonNode quantiles = fields.get("quantiles");
        List<MetricSpec> all = new ArrayList<>();
        List<Double> asked = quantiles == null ? List.of(0.5, 0.99) : fields.list("quantiles", MetricJson::quantile);
        for (double quantile : asked) {
            all.add(new MetricSpec.Latency(
                    quantile,
                    fields.number("rollbackRatio", MetricSpec.Latency.P99.rollbackRatio()),
                    fields.number("promoteRatio", MetricSpec.Latency.P99.promoteRatio()),
                    Texts.flag(fields, "required", true)));
        }
        return all;
    }

    private static double quantile(JsonNode node) {
        boolean isOne = node.isNumber() && node.asDouble() > 0 && node.asDouble() < 1;
        if (!isOne) {
            String shown = HeaderText.quote(node.toString());
            throw ServingException.of(Mistake.wrong(FieldPath.HERE, shown, "a number between 0 and 1 such as 0.99"));
        }
        return node.asDouble();
    }

    private static MetricSpec.Gate gate(Fields fields, String query, String condition) {
        if (!condition.isEmpty()) {
            SuccessCondition.parse(condition);
        }
        try {
            return new MetricSpec.Gate(
                    fields.text("name", query.isEmpty() ? "webhook" : "prometheus"),
                    new URI(fields.text("address")),
                    query,
                    condition,
                    Texts.duration(fields, "interval", Duration.ofSeconds(60)),
                    (int) fields.number("failureLimit", 3),
                    Texts.flag(fields, "required", true));
        } catch (URISyntaxException _) {
            throw Fields.invalid(
                    FieldPath.of("address"), fields.text("address"), "an address such as http://prometheus:9090");
        }
    }

    static void write(ArrayNode all, List<MetricSpec> metrics) {
        for (MetricSpec metric : metrics) {
            ObjectNode node = all.addObject();
            switch (metric) {
                case MetricSpec.Errors errors ->
                    node.put("type", "errors")
                            .put("rollbackRatio", errors.rollbackRatio())
                            .put("promoteRatio", errors.promoteRatio())
                            .put("promoteAbsolute", errors.promoteAbsolute());
                case MetricSpec.Latency latency -> {
                    node.put("type", "latency");
                    node.putArray("quantiles").add(latency.quantile());
                    node.put("rollbackRatio", latency.rollbackRatio()).put("promoteRatio", latency.promoteRatio());
                }
                case MetricSpec.PredictionDrift drift ->
                    node.put("type", "predictionDrift").put("critical", drift.critical());
                case MetricSpec.Disagreement disagreement ->
                    node.put("type", "disagreement")
                            .put("max", disagreement.max())
                            .put("tolerance", disagreement.tolerance());
                case MetricSpec.CopyLatency latency ->
                    node.put("type", "copyLatency").put("maxRatio", latency.maxRatio());
                case MetricSpec.Feedback feedback -> write(node, feedback);
                case MetricSpec.Gate gate -> {
                    node.put("type", gate.isWebhook() ? "webhook" : "prometheus")
                            .put("name", gate.name())
                            .put("address", gate.uri().toString());
                    if (!gate.isWebhook()) {
                        node.put("query", gate.query()).put("successCondition", gate.condition());
                    }
                    node.put("interval", Texts.of(gate.interval())).put("failureLimit", gate.failureLimit());
                }
            }
            node.put("required", metric.required());
        }
    }
}
