package dev.penstock.loadtest.scenario;

import dev.penstock.loadtest.engine.Pacing.Spacing;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Writes scenarios so that they are read as the same.
final class ScenarioWriter {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build();

    private ScenarioWriter() {}

    static String write(Scenario scenario) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", scenario.name());
        node.put("target", scenario.target().toString());
        node.put("protocol", scenario.protocol().toString());
        scenario.metrics().ifPresent(page -> node.put("metrics", page.toString()));
        scenario.pid().ifPresent(pid -> node.put("pid", pid));
        ArrayNode mix = node.putArray("mix");
        scenario.mix().forEach(entry -> mix.add(mixEntry(entry)));
        if (!scenario.loads().isEmpty()) {
            ArrayNode loads = node.putArray("loads");
            scenario.loads().forEach(load -> loads.add(load(load)));
        }
        connecting(node, scenario.connecting());
        tempo(node, scenario.tempo());
        scenario.slo()
                .ifPresent(slo -> node.putObject("slo")
                        .put(slo.percentileName(), Units.text(slo.latency()))
                        .put("errors", slo.errorShare()));
        scenario.search()
                .ifPresent(search -> node.putObject("search")
                        .put("from", search.fromPerSecond())
                        .put("to", search.toPerSecond())
                        .put("precision", search.precision())
                        .put("steps", search.most()));
        scenario.sweep().ifPresent(sweep -> sweep(node.putObject("sweep"), sweep));
        if (!scenario.shares().isEmpty()) {
            ObjectNode kinds = node.putObject("expected-shares");
            scenario.shares().forEach((kind, shares) -> {
                ObjectNode weights = kinds.putObject(kind);
                shares.forEach(weights::put);
            });
        }
        node.put("seed", scenario.seed());
        return YAML.writeValueAsString(node);
    }

    private static ObjectNode mixEntry(MixEntry entry) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", entry.name()).put("model", entry.model());
        if (!entry.version().isEmpty()) {
            node.put("version", entry.version());
        }
        node.put("weight", entry.weight());
        node.set("inputs", entry.inputs().toJson());
        if (!entry.headers().isEmpty()) {
            ObjectNode headers = node.putObject("headers");
            entry.headers().forEach(headers::put);
        }
        return node;
    }

    private static ObjectNode load(Load load) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        switch (load) {
            case Load.Rate(double perSecond, Spacing arrivals) ->
                node.put("rate", perSecond).put("arrivals", word(arrivals));
            case Load.Ramp ramp ->
                node.put("ramp", Units.text(ramp.fromPerSecond()) + ".." + Units.text(ramp.toPerSecond()))
                        .put("over", Units.text(ramp.over()))
                        .put("arrivals", word(ramp.arrivals()));
            case Load.Closed(int concurrency) -> node.put("concurrency", concurrency);
            case Load.Replay replay ->
                node.put("replay", replay.file().toString()).put("repeat", replay.repeated());
        }
        return node;
    }

    private static String word(Spacing arrivals) {
        return switch (arrivals) {
            case CONSTANT -> "constant";
            case POISSON -> "poisson";
        };
    }

    private static void connecting(ObjectNode node, Connecting connecting) {
        connecting.connections().ifPresent(count -> node.put("connections", count));
        connecting.inFlight().ifPresent(count -> node.put("in-flight", count));
        node.put("threads", connecting.threads());
        connecting.maxWaiting().ifPresent(count -> node.put("max-waiting", count));
        node.put("timeout", Units.text(connecting.timeout()));
        connecting.deadline().ifPresent(deadline -> node.put("deadline", Units.text(deadline)));
    }

    private static void tempo(ObjectNode node, Tempo tempo) {
        node.put("warm-up", Units.text(tempo.warmUp()));
        switch (tempo.length()) {
            case Tempo.For(var time) -> node.put("duration", Units.text(time));
            case Tempo.Requests(long count) -> node.put("requests", count);
        }
        tempo.settle().ifPresent(most -> node.put("until-steady", Units.text(most)));
        node.put("steady-tolerance", tempo.tolerance());
        node.put("window", Units.text(tempo.window()));
    }

    private static void sweep(ObjectNode node, Sweep sweep) {
        node.put("model", sweep.model());
        sweep.values().forEach((setting, values) -> {
            ArrayNode list = node.putArray(setting.key());
            values.forEach(list::add);
        });
    }
}
