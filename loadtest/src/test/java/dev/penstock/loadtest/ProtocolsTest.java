package dev.penstock.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.result.Part;
import dev.penstock.loadtest.result.ServerUse;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.stub.OipServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The whole command by every protocol against the stub server, which shares no code with the product's. A slow
/// machine may make the client late, so a run may be valid or not; what was asked and answered is the same.
class ProtocolsTest extends LoadtestTests {
    private static final List<String> PROTOCOLS = List.of("grpc", "grpc-stream", "rest", "rest-binary", "v1");

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static String url(OipServer server, String protocol) {
        return protocol.startsWith("grpc") ? server.grpcUrl() : server.httpUrl();
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc", "grpc-stream", "rest", "rest-binary", "v1"})
    void aClosedLoopAsksAsOftenAsItWasTold(String protocol) throws IOException {
        try (OipServer server = new OipServer()) {
            Run run = run(
                    "-m",
                    "sum",
                    "-u",
                    url(server, protocol),
                    "-i",
                    protocol,
                    "-c",
                    "2,4",
                    "--requests",
                    "200",
                    "--warm-up",
                    "0s");

            assertThat(run.exitCode()).as(run.err()).isIn(ExitCode.OK, ExitCode.INVALID);
            assertThat(result().stages())
                    .extracting(StageResult::name)
                    .containsExactly("concurrency 2", "concurrency 4");
            for (StageResult stage : result().stages()) {
                assertThat(stage.succeeded()).isEqualTo(200);
                assertThat(stage.failed()).isZero();
                assertThat(stage.latency().getTotalCount()).isEqualTo(200);
            }
            assertThat(run.out()).contains("concurrency 2", "p99");
            assertThat(server.answered()).isGreaterThanOrEqualTo(400);
        }
    }

    @Test
    void everyProtocolBringsTheSameReport() throws IOException {
        Map<String, Set<String>> shapes = new TreeMap<>();
        for (String protocol : PROTOCOLS) {
            try (OipServer server = new OipServer()) {
                String scenario = file("scenario.yaml", """
                        name: shape
                        target: %s
                        protocol: %s
                        mix:
                          - {name: one, model: sum, weight: 3}
                          - {name: many, model: sum, inputs: {rows: 4}}
                        loads: {concurrency: [1, 2]}
                        warm-up: 0s
                        duration: 200ms
                        window: 50ms
                        slo: {p99: 1m}
                        """.formatted(url(server, protocol), protocol));

                Run run = run(scenario);

                assertThat(run.exitCode()).as(run.err()).isIn(ExitCode.OK, ExitCode.INVALID);
                shapes.put(protocol, shape());
            }
        }
        Set<String> grpc = shapes.get("grpc");
        assertThat(grpc)
                .contains("stages[].windows[].latency.p99_micros", "stages[].parts[].expected_share")
                .contains("stages[].server.queue_micros", "<h2>Latency by rate", "stages.csv: stage");
        PROTOCOLS.forEach(
                protocol -> assertThat(shapes.get(protocol)).as(protocol).isEqualTo(grpc));
    }

    /// All that a program or a person finds in the results, without the values.
    private Set<String> shape() throws IOException {
        Path out = folder.resolve("out");
        Set<String> shape = new TreeSet<>();
        addPaths(Json.MAPPER.readTree(Files.readString(out.resolve("result.json"))), "", shape);
        // A slow machine may make some stages not valid, and those alone have reasons.
        shape.remove("stages[].invalid_because[]");
        Pattern headings = Pattern.compile("<h2[^>]*>[^<]*|<th scope=\"col\"[^>]*>[^<]*|<figcaption>[^<]*");
        headings.matcher(Files.readString(out.resolve("report.html")))
                .results()
                .map(MatchResult::group)
                .map(heading -> heading.replaceFirst(" .*?>", ">"))
                // What only headers of answers tell; a stream has them once, and not for each answer.
                .filter(heading -> !heading.matches(".*for each (arm|version).*"))
                .forEach(shape::add);
        for (String csv : List.of("stages.csv", "windows.csv")) {
            String[] columns = Files.readAllLines(out.resolve(csv)).getFirst().split(",", -1);
            for (String column : columns) {
                shape.add(csv + ": " + column);
            }
        }
        return shape;
    }

    private static void addPaths(JsonNode node, String path, Set<String> paths) {
        if (node.isArray()) {
            node.forEach(element -> addPaths(element, path + "[]", paths));
        } else if (node.isObject()) {
            node.properties().forEach(field -> addPaths(field.getValue(), path + "." + field.getKey(), paths));
        } else {
            paths.add(path.substring(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc", "rest", "rest-binary", "v1"})
    void aMixIsSharedOutAtEachPaceAndToldByVersionAndArm(String protocol) throws IOException {
        file(
                "arrivals.csv",
                "seconds,of\n" + lines(DoubleStream.iterate(17, at -> at + 0.01).limit(80)));
        try (OipServer server = new OipServer()) {
            String scenario = file("scenario.yaml", """
                    target: %s
                    protocol: %s
                    mix:
                      - {name: current, model: sum, version: "2", weight: 3, inputs: {rows: 2}}
                      - {name: old, model: sum, version: "1", weight: 1}
                    loads:
                      - {rate: 200, arrivals: constant}
                      - {ramp: 100..300, over: 1s, arrivals: constant}
                      - {replay: arrivals.csv}
                    warm-up: 0s
                    duration: 1s
                    expected-shares:
                      arm: {stable: 75, canary: 25}
                      version: {"2": 75, "1": 25}
                    """.formatted(url(server, protocol), protocol));

            Run run = run(scenario);

            assertThat(run.exitCode()).as(run.err()).isIn(ExitCode.OK, ExitCode.INVALID);
            List<StageResult> stages = result().stages();
            assertThat(stages).hasSize(3);
            assertThat(stages.get(0).succeeded()).isBetween(199L, 201L);
            assertThat(stages.get(1).succeeded()).isBetween(198L, 202L);
            assertThat(stages.get(2).succeeded()).isEqualTo(80);
            stages.forEach(ProtocolsTest::assertShares);
            assertThat(result().findings())
                    .anyMatch(line -> line.startsWith("Shares by arm: ") && line.contains(": as expected"))
                    .anyMatch(line -> line.startsWith("Shares by version: ") && line.contains(": as expected"));
            assertThat(Files.readString(folder.resolve("out/report.md")))
                    .containsPattern("\\| arm \\| canary \\| 25.0 % \\| 25.0 % \\| 20 \\|")
                    .containsPattern("\\| version \\| 1 \\| 25.0 % \\| 25.0 % \\| 20 \\|");
        }
    }

    private static String lines(DoubleStream seconds) {
        return seconds.mapToObj(at -> String.format(Locale.ROOT, "%.3f,x", at)).collect(Collectors.joining("\n"));
    }

    /// Turns of the mix and of the stub's arms are strict, so shares are exact but for the turn under way.
    private static void assertShares(StageResult stage) {
        assertThat(stage.failed() + stage.overflowed()).as(stage.name()).isZero();
        for (List<String> quarter : List.of(List.of("mix", "old"), List.of("version", "1"), List.of("arm", "canary"))) {
            Part few = part(stage, quarter.getFirst(), quarter.getLast());
            assertThat((double) few.succeeded())
                    .as(stage.name() + ": " + quarter)
                    .isBetween((double) stage.succeeded() / 4 - 1, (double) stage.succeeded() / 4 + 1);
            assertThat(few.expectedShare()).hasValue(0.25);
            assertThat(few.latency().getTotalCount()).isEqualTo(few.succeeded());
        }
        for (List<String> most : List.of(List.of("mix", "current"), List.of("version", "2"))) {
            assertThat(part(stage, most.getFirst(), most.getLast()).succeeded())
                    .as(stage.name() + ": " + most)
                    .isEqualTo(stage.succeeded() - part(stage, "version", "1").succeeded());
        }
        assertThat(part(stage, "mix", "old").succeeded())
                .isEqualTo(part(stage, "version", "1").succeeded());
    }

    private static Part part(StageResult stage, String kind, String value) {
        return stage.parts().stream()
                .filter(part -> part.kind().equals(kind) && part.value().equals(value))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + value + " in " + stage.name()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc", "rest", "rest-binary", "v1"})
    void sharesThatAreNotThoseExpectedAreFound(String protocol) throws IOException {
        try (OipServer server = new OipServer()) {
            String scenario = file("scenario.yaml", """
                    target: %s
                    protocol: %s
                    mix: {model: sum}
                    loads: {concurrency: 2}
                    warm-up: 0s
                    requests: 400
                    expected-shares: {arm: {stable: 50, canary: 50}}
                    """.formatted(url(server, protocol), protocol));

            Run run = run(scenario);

            assertThat(run.err() + result().findings())
                    .contains("Shares by arm: ")
                    .contains(": NOT as expected (chi-square");
        }
    }

    /// A model that V1 alone knows says neither its inputs nor its statistics.
    @ParameterizedTest
    @CsvSource({"10, ''", "11, WRONG_ANSWER"})
    void v1AloneIsEnough(int expected, String error) throws IOException {
        String data = file("data.json", "{\"instances\": [[1, 2, 3, 4], {\"x\": [4, 3, 2, 1]}]}");
        String answer = file("expected.json", "{\"predictions\": [[10], [%d]]}".formatted(expected));
        try (OipServer server = new OipServer()) {
            Run run = run(
                    "-m",
                    "v1-sum",
                    "-u",
                    server.httpUrl(),
                    "-i",
                    "v1",
                    "--data",
                    data,
                    "--expected",
                    answer,
                    "-c",
                    "2",
                    "--requests",
                    "50",
                    "--warm-up",
                    "0s");

            assertThat(run.exitCode())
                    .as(run.err())
                    .isIn(error.isEmpty() ? ExitCode.OK : ExitCode.REFUSED, ExitCode.INVALID);
            StageResult stage = result().stages().getFirst();
            assertThat(stage.succeeded()).isEqualTo(error.isEmpty() ? 50 : 0);
            assertThat(stage.errors()).isEqualTo(error.isEmpty() ? Map.of() : Map.of(error, 50L));
            // Its CPU time is known, as it runs on this machine.
            assertThat(stage.server().map(ServerUse::queueMicros).orElse(Double.NaN))
                    .isNaN();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc", "grpc-stream", "rest", "rest-binary", "v1"})
    void aModelThatIsNotThereIsRefused(String protocol) {
        try (OipServer server = new OipServer()) {
            Run run = run("-m", "nosuch", "-u", url(server, protocol), "-i", protocol);

            assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
            assertThat(run.err()).contains("nosuch");
        }
    }
}
