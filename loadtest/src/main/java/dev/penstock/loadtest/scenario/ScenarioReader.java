package dev.penstock.loadtest.scenario;

import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.InputPlan;
import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.target.TargetProtocol;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Makes a scenario of the text of a file and of flags.
final class ScenarioReader {
    private static final Map<String, TargetProtocol> PROTOCOLS = Arrays.stream(TargetProtocol.values())
            .collect(Collectors.toUnmodifiableMap(TargetProtocol::toString, protocol -> protocol));
    private static final Duration LEAST_WINDOW = Duration.ofMillis(1);

    private final Keys keys;
    private final Path folder;

    private ScenarioReader(Keys keys, Path folder) {
        this.keys = keys;
        this.folder = folder;
    }

    static Scenario read(String yaml, Path folder, Overrides overrides) {
        ObjectNode tree = tree(yaml);
        overrides.applyTo(tree);
        return new ScenarioReader(
                        Keys.of(tree, "", overrides.flags()),
                        folder.toAbsolutePath().normalize())
                .read();
    }

    private static ObjectNode tree(String yaml) {
        JsonNode tree;
        try {
            tree = YAMLMapper.builder().build().readTree(yaml);
        } catch (JacksonException e) {
            String line =
                    e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
            throw new ScenarioError("the scenario is not valid YAML: " + e.getOriginalMessage() + line);
        }
        if (tree.isMissingNode() || tree.isNull()) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw ScenarioError.of("the scenario", tree, "keys and values");
    }

    private Scenario read() {
        long seed = keys.number("seed", n -> n == Math.rint(n), "a whole number")
                .map(Double::longValue)
                .orElse(1L);
        TargetProtocol protocol = protocol();
        List<MixEntry> mix = mix(protocol);
        Optional<Slo> slo = keys.object("slo").map(ScenarioReader::slo);
        Optional<Search> search = keys.object("search").map(SearchReader::search);
        if (search.isPresent() && slo.isEmpty()) {
            throw new ScenarioError(keys.where("slo") + ": missing (expected: what the search is to keep, such as"
                    + " slo: {p99: 50ms, errors: 1%}, or --slo-p99 50ms)");
        }
        List<Load> loads = LoadReader.read(keys, folder, search.isPresent());
        Optional<Sweep> sweep = keys.object("sweep").map(at -> SearchReader.sweep(at, mix));
        Scenario scenario = new Scenario(
                keys.text("name").orElse(mix.getFirst().model()),
                target(protocol),
                protocol,
                keys.text("metrics").map(this::page),
                keys.count("pid", 1).map(OptionalLong::of).orElseGet(OptionalLong::empty),
                mix,
                loads,
                connecting(),
                tempo(),
                slo,
                search,
                sweep,
                shares(protocol),
                seed);
        keys.refuseTheRest();
        return scenario;
    }

    private TargetProtocol protocol() {
        return keys.choice("protocol", PROTOCOLS)
                .orElseGet(() ->
                        keys.text("target").orElse("").startsWith("http") ? TargetProtocol.REST : TargetProtocol.GRPC);
    }

    private URI target(TargetProtocol protocol) {
        boolean grpc = protocol == TargetProtocol.GRPC || protocol == TargetProtocol.GRPC_STREAM;
        String scheme = grpc ? "grpc" : "http";
        String expected = scheme + "://HOST[:PORT]";
        String text = keys.text("target").orElse(scheme + "://localhost");
        try {
            URI uri = URI.create(text.contains("://") ? text : scheme + "://" + text);
            String path = uri.getPath();
            if (scheme.equals(uri.getScheme()) && uri.getHost() != null && (path.isEmpty() || path.equals("/"))) {
                int port = uri.getPort() >= 0 ? uri.getPort() : grpc ? 8001 : 8000;
                return URI.create(scheme + "://" + uri.getHost() + ":" + port);
            }
        } catch (IllegalArgumentException e) {
            // The error below says what an address is.
        }
        throw keys.wrong("target", expected + " with protocol " + protocol);
    }

    private URI page(String text) {
        try {
            URI page = URI.create(text);
            if ("http".equals(page.getScheme()) && page.getHost() != null) {
                return page;
            }
        } catch (IllegalArgumentException e) {
            // The error below says what an address is.
        }
        throw keys.wrong("metrics", "http://HOST:PORT/metrics");
    }

    private List<MixEntry> mix(TargetProtocol protocol) {
        List<MixEntry> mix = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Keys entry : keys.objects("mix")) {
            MixEntry read = mixEntry(entry, protocol);
            if (!names.add(read.name())) {
                throw ScenarioError.of(entry.where("name"), read.name(), "names that differ");
            }
            mix.add(read);
        }
        if (mix.isEmpty()) {
            throw new ScenarioError(
                    "mix: missing (expected: --model NAME, or mix: [{model: NAME}] in a scenario file)");
        }
        return mix;
    }

    private MixEntry mixEntry(Keys entry, TargetProtocol protocol) {
        String model = entry.text("model")
                .orElseThrow(
                        () -> new ScenarioError(entry.where("model") + ": missing (expected: the name of a model)"));
        String version = entry.text("version").orElse("");
        MixEntry read = new MixEntry(
                entry.text("name").orElse(version.isEmpty() ? model : model + "/" + version),
                model,
                version,
                entry.number("weight", n -> n > 0 && n < 1e9, "a number above 0")
                        .orElse(1.0),
                inputs(entry),
                HeadersReader.read(entry, protocol));
        entry.refuseTheRest();
        return read;
    }

    private InputPlan inputs(Keys entry) {
        ObjectNode node = entry.take("inputs")
                .map(given -> {
                    if (given instanceof ObjectNode object) {
                        return object;
                    }
                    throw entry.wrong("inputs", "keys and values");
                })
                .orElseGet(JsonNodeFactory.instance::objectNode);
        entry.count("priority", 0).ifPresent(priority -> {
            ObjectNode parameters =
                    node.get("parameters") instanceof ObjectNode there ? there : node.putObject("parameters");
            parameters.put("priority", priority);
        });
        try {
            return InputPlan.read(entry.where("inputs"), node, folder);
        } catch (InputError e) {
            throw new ScenarioError(String.valueOf(e.getMessage()));
        }
    }

    private static Slo slo(Keys at) {
        String name = at.all().keySet().stream()
                .filter(key -> key.matches("p\\d{1,2}(\\.\\d{1,3})?|p100"))
                .findFirst()
                .orElseThrow(() -> new ScenarioError(at.where("p99")
                        + ": missing (expected: the longest latency of a percentile, such as p99: 50ms)"));
        for (String key : at.all().keySet()) {
            if (!key.equals(name) && !key.equals("errors")) {
                throw new ScenarioError(
                        at.where(key) + ": unknown key (expected: one percentile such as p99, and errors)");
            }
        }
        Duration latency = at.positiveTime(name).orElseThrow();
        double percentile = Double.parseDouble(name.substring(1));
        if (percentile == 0) {
            throw ScenarioError.of(at.where(name), name, "a percentile above 0");
        }
        return new Slo(percentile, latency, at.share("errors").orElse(0.01));
    }

    private Connecting connecting() {
        return new Connecting(
                keys.count("connections", 1),
                keys.count("in-flight", 1),
                keys.count("threads", 1).orElse(1),
                keys.count("max-waiting", 1),
                keys.positiveTime("timeout").orElse(Duration.ofSeconds(30)),
                keys.positiveTime("deadline"));
    }

    private Tempo tempo() {
        Optional<Duration> duration = keys.positiveTime("duration");
        Optional<Integer> requests = keys.count("requests", 1);
        if (duration.isPresent() && requests.isPresent()) {
            throw keys.wrong("requests", "either duration or requests");
        }
        Tempo.Length length = requests.<Tempo.Length>map(Tempo.Requests::new)
                .orElseGet(() -> new Tempo.For(duration.orElse(Duration.ofSeconds(5))));
        return new Tempo(
                keys.time("warm-up").orElse(Duration.ofSeconds(2)),
                length,
                keys.positiveTime("until-steady"),
                keys.share("steady-tolerance").orElse(0.1),
                window());
    }

    private Duration window() {
        Duration window = keys.positiveTime("window").orElse(Duration.ofSeconds(1));
        if (window.compareTo(LEAST_WINDOW) < 0) {
            throw keys.wrong("window", "at least " + Units.text(LEAST_WINDOW));
        }
        return window;
    }

    /// Expected shares are written as weights of any sum.
    private Map<String, Map<String, Double>> shares(TargetProtocol protocol) {
        Map<String, Map<String, Double>> shares = new LinkedHashMap<>();
        if (protocol == TargetProtocol.GRPC_STREAM && keys.has("expected-shares")) {
            throw new ScenarioError(keys.where("expected-shares") + ": with protocol " + protocol
                    + " (expected: another protocol, as headers are those of a stream and not of an answer)");
        }
        keys.object("expected-shares").ifPresent(kinds -> {
            for (String kind : List.of("version", "arm", "model")) {
                kinds.object(kind).ifPresent(weights -> shares.put(kind, shares(weights)));
            }
            kinds.refuseTheRest();
        });
        return shares;
    }

    private static Map<String, Double> shares(Keys weights) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        weights.all()
                .keySet()
                .forEach(value -> numbers.put(
                        value,
                        weights.number(value, n -> n >= 0 && n < 1e9, "a weight >= 0")
                                .orElse(0.0)));
        double sum = numbers.values().stream().mapToDouble(Double::doubleValue).sum();
        if (!(sum > 0)) {
            throw new ScenarioError(weights.where("") + " all weights are 0 (expected: one above 0)");
        }
        numbers.replaceAll((value, weight) -> weight / sum);
        return numbers;
    }
}
