package dev.penstock.loadtest.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.loadtest.engine.Pacing.Spacing;
import dev.penstock.loadtest.input.Distribution;
import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.target.TargetProtocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioTest {
    private static final Path FOLDER = Path.of("/scenarios");
    private static final String WHOLE = """
            name: noon
            target: grpc://models.example:9001
            protocol: grpc
            mix:
              - name: small
                model: digits
                version: "2"
                weight: 3
                priority: 1
                caller: shop
                headers: {X-Tenant: a}
                inputs: {rows: "1", shapes: {image: [1, 64]}, ranges: {image: [0, 16]}}
              - model: text
                inputs: {length: "lognormal(40,0.5)"}
            loads:
              - rate: 500
              - rates: 100..400 step 100
                arrivals: constant
              - ramp: 100..2000
                over: 1m
              - concurrency: [1, 8]
              - replay: monday.csv
                repeat: true
            connections: 4
            in-flight: 256
            threads: 2
            timeout: 5s
            deadline: 250ms
            warm-up: 3s
            duration: 10s
            until-steady: 1m
            steady-tolerance: 5%
            slo: {p99.9: 50ms, errors: 0.1%}
            search: {from: 200, to: 5000, precision: 2%, steps: 12}
            sweep: {model: digits, max-batch-size: [8, 32], instances: [1, 2]}
            expected-shares: {version: {"1": 90, "2": 10}}
            seed: 7
            """;

    private static Scenario read(String yaml) {
        return Scenario.read(yaml, FOLDER, new Overrides());
    }

    @Test
    void aWholeScenarioIsRead() {
        Scenario scenario = read(WHOLE);

        assertThat(scenario.target()).hasToString("grpc://models.example:9001");
        assertThat(scenario.mix()).extracting(MixEntry::name).containsExactly("small", "text");
        MixEntry small = scenario.mix().getFirst();
        assertThat(small.weight()).isEqualTo(3);
        assertThat(small.headers()).isEqualTo(Map.of("x-tenant", "a", "x-penstock-caller", "shop"));
        assertThat(small.inputs().parameters()).extractingByKey("priority").hasToString("1");
        assertThat(small.inputs().shapes()).isEqualTo(Map.of("image", List.of(1L, 64L)));
        assertThat(scenario.mix().getLast().inputs().length()).contains(new Distribution.LogNormal(40, 0.5));
        assertThat(scenario.loads())
                .containsExactly(
                        new Load.Rate(500, Spacing.POISSON),
                        new Load.Rate(100, Spacing.CONSTANT),
                        new Load.Rate(200, Spacing.CONSTANT),
                        new Load.Rate(300, Spacing.CONSTANT),
                        new Load.Rate(400, Spacing.CONSTANT),
                        new Load.Ramp(100, 2000, Duration.ofMinutes(1), Spacing.POISSON),
                        new Load.Closed(1),
                        new Load.Closed(8),
                        new Load.Replay(Path.of("/scenarios/monday.csv"), true));
        assertThat(scenario.connecting())
                .isEqualTo(new Connecting(
                        Optional.of(4),
                        Optional.of(256),
                        2,
                        Optional.empty(),
                        Duration.ofSeconds(5),
                        Optional.of(Duration.ofMillis(250))));
        assertThat(scenario.slo()).contains(new Slo(99.9, Duration.ofMillis(50), 0.001));
        assertThat(scenario.search()).contains(new Search(200, 5000, 0.02, 12));
        assertThat(scenario.sweep().orElseThrow().combinations()).hasSize(4);
        assertThat(scenario.shares()).isEqualTo(Map.of("version", Map.of("1", 0.9, "2", 0.1)));
    }

    @Test
    void whatIsWrittenIsReadAsTheSame() {
        Scenario scenario = read(WHOLE);

        assertThat(read(scenario.toYaml())).isEqualTo(scenario);
        assertThat(Scenario.read(scenario.toYaml(), Path.of("/elsewhere"), new Overrides()))
                .isEqualTo(scenario);
        Scenario least = read("mix: {model: digits}");
        assertThat(read(least.toYaml())).isEqualTo(least);
    }

    @Test
    void aModelIsEnough() {
        Scenario scenario = Scenario.read("", FOLDER, new Overrides().set("--model", "mix[0].model", "digits"));

        assertThat(scenario.name()).isEqualTo("digits");
        assertThat(scenario.target()).hasToString("grpc://localhost:8001");
        assertThat(scenario.loads()).extracting(Load::name).contains("concurrency 1", "concurrency 64");
    }

    @Test
    void anHttpAddressMeansRest() {
        Scenario scenario = read("{mix: {model: digits}, target: \"http://localhost\"}");

        assertThat(scenario.protocol()).isEqualTo(TargetProtocol.REST);
        assertThat(scenario.target()).hasToString("http://localhost:8000");
    }

    @Test
    void aSearchNeedsNoLoads() {
        assertThat(read("{mix: {model: digits}, slo: {p99: 20ms}, search: {}}").loads())
                .isEmpty();
    }

    @Test
    void flagsTakeThePlaceOfWhatTheFileSays() {
        Overrides flags = new Overrides()
                .clear("--rate", "loads")
                .set("--rate", "loads[0].rates", List.of("250"))
                .set("--duration", "duration", "1s")
                .put("--slo-p99", "slo", "p99", "5ms");

        Scenario scenario = Scenario.read(WHOLE.replace("slo: {p99.9: 50ms, errors: 0.1%}", ""), FOLDER, flags);

        assertThat(scenario.loads()).containsExactly(new Load.Rate(250, Spacing.POISSON));
        assertThat(scenario.tempo().length()).isEqualTo(new Tempo.For(Duration.ofSeconds(1)));
        assertThat(scenario.slo()).contains(new Slo(99, Duration.ofMillis(5), 0.01));
        assertThat(scenario.connecting().threads()).isEqualTo(2);
    }

    @Test
    void aFlagAboutOneModelIsRefusedWhereThereAreTwo() {
        Overrides flags = new Overrides().set("--model", "mix[0].model", "digits");

        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> Scenario.read(WHOLE, FOLDER, flags))
                .withMessage("--model: the scenario has 2 entries in mix (expected: one, for a flag to be about it)");
    }

    @Test
    void aWindowTooShortToBeCountedIsRefused() {
        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> Scenario.read("mix: {model: m}\nwindow: 500us", Path.of(""), new Overrides()))
                .withMessageContaining("window: \"500us\" (expected: at least 1ms)");
    }

    @Test
    void mistakesInFlagsNameTheFlag() {
        Overrides flags =
                new Overrides().set("--model", "mix[0].model", "digits").set("--timeout", "timeout", "soon");

        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> Scenario.read("", FOLDER, flags))
                .withMessage("--timeout: \"soon\" (expected: a time such as 500us, 20ms, 1.5s or 2m)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    duratoin: 5s | duratoin: unknown key
                    duratoin: 5s | did you mean duration?
                    loads: [{rate: 5}, {rate: -1}] | loads[1].rate: -1 (expected: requests per second above 0
                    loads: [{rat: 5}] | loads[0].rat: unknown key
                    loads: [{arrivals: poisson}] | loads[0].rate: missing (expected: one of rate, rates, ramp
                    loads: [{rate: 5, concurrency: 2}] | loads[0].concurrency: beside rate
                    loads: [{rate: 5, arrivals: poison}] | loads[0].arrivals: poison (expected: one of constant, poisson; did you mean poisson?)
                    loads: [{rates: 5..1 step 1}] | loads[0].rates: "5..1 step 1" (expected: FROM..TO step STEP
                    loads: [{concurrency: 1.5}] | loads[0].concurrency: 1.5 (expected: whole numbers from 1
                    loads: [{ramp: fast}] | loads[0].ramp: "fast" (expected: FROM..TO
                    connections: 0 | connections: 0 (expected: a whole number >= 1)
                    warm-up: 2 | warm-up: 2 (expected: a time
                    protocol: grcp | protocol: grcp (expected: one of grpc, grpc-stream, rest, rest-binary, v1; did you mean grpc?)
                    target: "ftp://x" | target: "ftp://x" (expected: grpc://HOST[:PORT]
                    target: "grpc://x/y" | target: "grpc://x/y" (expected: grpc://HOST[:PORT]
                    slo: {p99: 20ms, error: 1%} | slo.error: unknown key
                    slo: {errors: 1%} | slo.p99: missing
                    slo: {p99: 20ms, errors: 200%} | slo.errors: "200%" (expected: a share of 1
                    {slo: {p99: 1s}, search: {precision: 0}} | search.precision: 0 (expected: a share of 1 from 0.1% to 100%
                    search: {} | slo: missing (expected: what the search is to keep
                    sweep: {instances: []} | sweep.max-batch-size: missing
                    sweep: {instance: [1]} | sweep.instance: unknown key
                    expected-shares: {versions: {a: 1}} | expected-shares.versions: unknown key
                    expected-shares: {version: {a: 0}} | all weights are 0
                    {protocol: grpc-stream, expected-shares: {arm: {a: 1}}} | expected-shares: with protocol grpc-stream (expected: another protocol
                    {duration: 1s, requests: 5} | requests: 5 (expected: either duration or requests)
                    loads: 5 | loads[0]: 5 (expected: keys and values)
                    """)
    void mistakesSayWhereTheyAreAndWhatWasExpected(String yaml, String message) {
        String whole =
                yaml.startsWith("{") ? "{mix: {model: digits}, " + yaml.substring(1) : "mix: {model: digits}\n" + yaml;

        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> read(whole))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    rest | Content-Length | the client says how long and of what kind the body is
                    rest | transfer-encoding | it is about the connection
                    rest-binary | inference-header-content-length | the client says how long
                    v1 | connection | it is about the connection
                    grpc | te | it is about the connection
                    grpc | Content-Length | the client says how long and of what kind the body is
                    grpc | grpc-encoding | the client says how long and of what kind the body is
                    grpc-stream | grpc-accept-encoding | the client says how long and of what kind the body is
                    """)
    void headersThatTheClientSaysItselfAreRefused(String protocol, String header, String reason) {
        Overrides flag = new Overrides()
                .set("--protocol", "protocol", protocol)
                .set("--model", "mix[0].model", "digits")
                .put("--header", "mix[0].headers", header, "5");

        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> read("{protocol: %s, mix: {model: a, headers: {%s: 5}}}".formatted(protocol, header)))
                .withMessageStartingWith("mix")
                .withMessageContaining(".headers." + header + ": '" + header + "': " + reason);
        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> Scenario.read("", FOLDER, flag))
                .withMessageStartingWith("--header: '" + header + "': " + reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {":path", "a b", "ä"})
    void whatIsNoHeaderIsRefused(String name) {
        Overrides flag =
                new Overrides().set("--model", "mix[0].model", "a").put("--header", "mix[0].headers", name, "5");

        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> Scenario.read("", FOLDER, flag))
                .withMessageContaining("header name: '" + name + "' (expected: lower-case letters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rest", "v1", "grpc"})
    void whomTheServerIsToTakeItForIsForTheLoadToSay(String protocol) {
        assertThat(read("{protocol: %s, mix: {model: a, headers: {Host: b, User-Agent: c}}}".formatted(protocol))
                        .mix()
                        .getFirst()
                        .headers())
                .isEqualTo(Map.of("host", "b", "user-agent", "c"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    duration: 5s | mix: missing
                    mix: [{weight: 2}] | mix[0].model: missing
                    mix: [{model: a}, {model: a}] | mix[1].name: a (expected: names that differ)
                    mix: [{model: a, weight: 0}] | mix[0].weight: 0 (expected: a number above 0)
                    mix: [{model: a, inputs: {shapez: {}}}] | mix[0].inputs: unknown key 'shapez'
                    mix: {model: a, wieght: 2} | mix.wieght: unknown key
                    mix: [a | the scenario is not valid YAML
                    [1, 2] | the scenario: [1,2] (expected: keys and values)
                    """)
    void mistakesInMixes(String yaml, String message) {
        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> read(yaml))
                .withMessageContaining(message);
    }
}
