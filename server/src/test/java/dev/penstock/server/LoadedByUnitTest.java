package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.Main;
import dev.penstock.loadtest.engine.Payload;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A load of `loadtest` whose requests come from units is split by a route as it splits units, over sockets.
@Timeout(240)
class LoadedByUnitTest {
    private static final String ROUTE = """
            {"routes": [{"name": "lookup", "default": {"arm": "stable", "target": "lookup@1"},
             "candidates": [{"arm": "canary", "target": "lookup@2", "weight": "50%", "maxWeight": "50%"}]}]}""";

    private static final String UNIT = "x-penstock-unit";
    private static final String UNITS = "user-{unit:20}";
    private static final int REQUESTS = 600;
    private static final int SEED = 5;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"grpc", "rest"})
    void aRouteSplitsALoadByItsUnits(String protocol) throws Exception {
        try (LookupGateway gateway = new LookupGateway(folder, ENTRIES, ENTRIES)) {
            gateway.admin("POST", "/api/v1/apply", ROUTE);
            Map<String, Long> expected = expected(gateway);

            Map<String, Long> arms = load(gateway, protocol);

            assertThat(expected).containsOnlyKeys("stable", "canary");
            assertThat(arms).isEqualTo(expected);
        }
    }

    /// By what the route says of each unit.
    private static Map<String, Long> expected(LookupGateway gateway) throws Exception {
        Payload asked = Payload.of("/", Map.of(UNIT, UNITS), new byte[0]);
        Map<String, Long> units = new HashMap<>();
        for (int number = 1; number <= REQUESTS; number++) {
            units.merge(asked.at(number, SEED).headers().getOrDefault(UNIT, ""), 1L, Long::sum);
        }
        assertThat(units).hasSize(20);
        Map<String, Long> arms = new HashMap<>();
        for (Map.Entry<String, Long> each : units.entrySet()) {
            String unit = "{\"unit\": \"%s\"}".formatted(each.getKey());
            JsonNode assigned = gateway.admin("POST", "/api/v1/routes/lookup:assign", unit);
            arms.merge(assigned.path("arm").asString(), each.getValue(), Long::sum);
        }
        return arms;
    }

    private Map<String, Long> load(LookupGateway gateway, String protocol) {
        StringWriter said = new StringWriter();
        PrintWriter both = new PrintWriter(said, true);
        Path results = folder.resolve("results-" + protocol);
        String url = protocol.equals("grpc")
                ? "grpc://127.0.0.1:" + gateway.gateway.addresses().grpc().port()
                : TestGateways.url(gateway.gateway, "");
        String[] words = {
            "loadtest",
            "-m",
            "lookup",
            "--url",
            url,
            "--header",
            UNIT + "=" + UNITS,
            "--seed",
            Integer.toString(SEED),
            "--concurrency",
            "4",
            "--warm-up",
            "0s",
            "--requests",
            Integer.toString(REQUESTS),
            "--output",
            results.toString()
        };
        int code = Main.run(words, InputStream.nullInputStream(), both, both, System::nanoTime);
        // Whether the client was the bottleneck is not what is asked for here.
        assertThat(code).as(said.toString()).isIn(0, 4);
        JsonNode stage = JsonMapper.shared()
                .readTree(results.resolve("result.json"))
                .path("stages")
                .path(0);
        Map<String, Long> arms = new HashMap<>();
        for (JsonNode part : stage.path("parts")) {
            if (part.path("kind").asString().equals("arm")) {
                arms.put(part.path("value").asString(), part.path("succeeded").asLong());
            }
        }
        return arms;
    }
}
