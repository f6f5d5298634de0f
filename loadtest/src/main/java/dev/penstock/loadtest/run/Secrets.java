package dev.penstock.loadtest.run;

import dev.penstock.loadtest.input.InputPlan;
import dev.penstock.loadtest.scenario.MixEntry;
import dev.penstock.loadtest.scenario.Scenario;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// Takes out of a scenario what is not told when it is written down: results are shared, and headers,
/// addresses and parameters of requests carry tokens.
public final class Secrets {
    private Secrets() {}

    /// The same scenario without values of headers, without texts among the parameters of requests, and
    /// without what the address of the metrics tells in confidence.
    public static Scenario masked(Scenario scenario) {
        List<MixEntry> mix = scenario.mix().stream().map(Secrets::masked).toList();
        return new Scenario(
                scenario.name(),
                scenario.target(),
                scenario.protocol(),
                scenario.metrics().map(page -> URI.create(Masks.address(page.toString()))),
                scenario.pid(),
                mix,
                scenario.loads(),
                scenario.connecting(),
                scenario.tempo(),
                scenario.slo(),
                scenario.search(),
                scenario.sweep(),
                scenario.shares(),
                scenario.seed());
    }

    private static MixEntry masked(MixEntry entry) {
        Map<String, String> headers = new LinkedHashMap<>(entry.headers());
        headers.replaceAll(Masks::header);
        return new MixEntry(
                entry.name(), entry.model(), entry.version(), entry.weight(), masked(entry.inputs()), headers);
    }

    private static InputPlan masked(InputPlan inputs) {
        Map<String, JsonNode> parameters = new LinkedHashMap<>(inputs.parameters());
        // A number is a priority or a time.
        parameters.replaceAll(
                (_, value) -> value.isNumber() || value.isBoolean() ? value : StringNode.valueOf(Masks.MASK));
        return inputs.withParameters(parameters);
    }
}
