package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.scenario.Sweep;
import dev.penstock.loadtest.scenario.Sweep.Setting;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.proto.inference.ModelInstanceGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Against a server that keeps the configuration it is given, as Triton does.
class ModelSettingsTest {
    private static final String OWN = "{\"name\": \"m\", \"max_batch_size\": 16, \"dynamic_batching\": {}}";

    private final List<String> loaded = new ArrayList<>();
    private final StringWriter said = new StringWriter();
    private HttpServer server;
    private String config = OWN;
    private boolean deaf;
    private int loadAnswer = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/models/m/config", exchange -> {
            byte[] body = config.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/v2/repository/models/m/load", exchange -> {
            JsonNode request = Json.parse("request", exchange.getRequestBody().readAllBytes());
            String given = request.path("parameters").path("config").asString("");
            loaded.add(given);
            config = deaf || given.isEmpty() ? OWN : given;
            exchange.sendResponseHeaders(loadAnswer, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Sweeper sweeper(HttpRepository repository) {
        return new Sweeper(new ModelSettings(repository), new PlainView(new PrintWriter(said)));
    }

    private HttpRepository repository() {
        return new HttpRepository(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    private static Sweep sweep() {
        Map<Setting, List<Long>> values = new LinkedHashMap<>();
        values.put(Setting.MAX_BATCH_SIZE, List.of(8L, 32L));
        values.put(Setting.MAX_QUEUE_DELAY_MICROS, List.of(0L, 100L));
        return new Sweep("m", values);
    }

    @Test
    void everyCombinationIsLoadedAndTheModelsOwnSettingsComeBack() {
        List<Map<String, String>> tried = new ArrayList<>();

        try (HttpRepository repository = repository()) {
            sweeper(repository).run(sweep(), tried::add);
        }

        assertThat(tried)
                .containsExactly(
                        Map.of("max-batch-size", "8", "max-queue-delay-us", "0"),
                        Map.of("max-batch-size", "8", "max-queue-delay-us", "100"),
                        Map.of("max-batch-size", "32", "max-queue-delay-us", "0"),
                        Map.of("max-batch-size", "32", "max-queue-delay-us", "100"));
        assertThat(loaded).hasSize(5);
        assertThat(loaded.get(1)).contains("\"max_batch_size\":8", "\"max_queue_delay_microseconds\":100");
        assertThat(loaded.getLast()).isEmpty();
        assertThat(config).isEqualTo(OWN);
    }

    @Test
    void theModelsOwnSettingsComeBackAlsoIfATrialFails() {
        try (HttpRepository repository = repository()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> sweeper(repository).run(sweep(), _ -> {
                        throw new IllegalStateException("no");
                    }));
        }

        assertThat(config).isEqualTo(OWN);
    }

    @Test
    void aServerThatTakesSettingsAndDoesNotUseThemIsFoundOut() {
        deaf = true;

        try (HttpRepository repository = repository()) {
            assertThatExceptionOfType(SettingsException.class)
                    .isThrownBy(() -> sweeper(repository).run(sweep(), _ -> true))
                    .withMessage("the server took max-batch-size 8 for m and runs with 16 (expected: settings that take"
                            + " effect)");
        }
    }

    @Test
    void settingsThatWereNotTheModelsOwnComeBackToo() {
        config = OWN.replace("16", "24");

        try (HttpRepository repository = repository()) {
            sweeper(repository).run(sweep(), _ -> true);
        }

        assertThat(config).contains("\"max_batch_size\":24").doesNotContain("max_queue_delay");
    }

    @Test
    void aModelThatCannotBePutBackIsToldAndHidesNothing() {
        try (HttpRepository repository = repository()) {
            Sweeper sweeper = sweeper(repository);
            assertThatIllegalStateException()
                    .isThrownBy(() -> sweeper.run(sweep(), _ -> {
                        loadAnswer = 503;
                        throw new IllegalStateException("no");
                    }))
                    .withMessage("no");

            assertThat(sweeper.left().orElseThrow())
                    .contains("could NOT be put back: it may still run with max-batch-size 8, max-queue-delay-us 0");
        }
    }

    @Test
    void aServerThatRefusesIsNotAskedToLoadTheModel() {
        loadAnswer = 400;

        try (HttpRepository repository = repository()) {
            assertThatExceptionOfType(SettingsException.class)
                    .isThrownBy(() -> sweeper(repository).run(sweep(), _ -> true));
        }

        assertThat(loaded).hasSize(1);
    }

    @Test
    void aChangeThatMayHaveBeenMadeIsTakenBack() {
        loadAnswer = 503;

        try (HttpRepository repository = repository()) {
            assertThatExceptionOfType(SettingsException.class)
                    .isThrownBy(() -> sweeper(repository).run(sweep(), _ -> true));
        }

        assertThat(config).isEqualTo(OWN);
    }

    @Test
    void configurationsOfGrpcBecomeTheJsonThatServersRead() {
        ModelConfig message = ModelConfig.newBuilder()
                .setName("m")
                .setMaxBatchSize(4)
                .addInstanceGroup(ModelInstanceGroup.newBuilder().setCount(2).setKind(ModelInstanceGroup.Kind.KIND_CPU))
                .putMetricTags("team", "a")
                .build();

        assertThat(MessageJson.of(message))
                .hasToString(
                        "{\"name\":\"m\",\"max_batch_size\":4,\"instance_group\":[{\"count\":2,\"kind\":\"KIND_CPU\"}],"
                                + "\"metric_tags\":{\"team\":\"a\"}}");
    }
}
