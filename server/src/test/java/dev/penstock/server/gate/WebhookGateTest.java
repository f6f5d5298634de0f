package dev.penstock.server.gate;

import static dev.penstock.server.gate.Candidates.said;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.penstock.core.DataType;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.server.memory.Footprint;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import dev.penstock.server.store.Lineage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/// Against a real server on this machine.
@Timeout(240)
class WebhookGateTest {
    private static final Signature SIGNATURE = new Signature(
            List.of(TensorSpec.of("image", DataType.FP32, -1, 64)),
            List.of(TensorSpec.of("label", DataType.INT64, -1)),
            8);
    private static final List<GateRecord> SAID = List.of(
            new GateRecord("signature", Verdict.PASSED, "fine"), new GateRecord("golden", Verdict.FAILED, "wrong"));

    /// What is told of a candidate that everything is known of; docs/gates.md shows it.
    static final String QUESTION = """
            {"model": "digits", "version": 3, "digest": "ab12", "file_bytes": 77, "breaking": true,
             "signature": {
               "inputs": [{"name": "image", "datatype": "FP32", "shape": [-1, 64], "optional": false}],
               "outputs": [{"name": "label", "datatype": "INT64", "shape": [-1], "optional": false}],
               "max_batch_size": 8},
             "lineage": {"git_commit": "9f31c2e", "data_version": "dvc:4", "training_run": "run-7",
               "author": "Ada", "metrics": {"f1": 0.93}, "labels": {"team": "vision"}},
             "gates": [
               {"gate": "signature", "verdict": "passed", "detail": "fine"},
               {"gate": "golden", "verdict": "failed", "detail": "wrong"}]}""";

    private final BlockingQueue<JsonNode> asked = new LinkedBlockingQueue<>();
    private final HttpServer server;

    WebhookGateTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void isToldAllAndItsWordCounts() throws Exception {
        answers(200, "{\"passed\": true, \"detail\": \"approved by Ada\", \"more\": 1}");
        Lineage lineage = new Lineage(
                "9f31c2e",
                "dvc:4",
                "run-7",
                "Ada",
                new TreeMap<>(Map.of("f1", 0.93)),
                new TreeMap<>(Map.of("team", "vision")));
        Candidate told = Candidates.breaking(
                Candidates.with(candidate("10s", "false"), Footprint.ofFiles(77, 1.6), lineage, "ab12"));

        assertThat(said(gate().judge(told, SAID))).isEqualTo("PASSED %s agrees: approved by Ada", host());
        assertThat(asked.take()).isEqualTo(new JsonMapper().readTree(QUESTION));
    }

    @Test
    void itsRefusalCountsAlsoWhereItIsOptional() {
        answers(200, "{\"passed\": false, \"detail\": \"on hold\\nuntil Monday\"}");

        assertThat(judged("10s", "true")).isEqualTo("FAILED %s refuses: on hold?until Monday", host());
    }

    @Test
    void aDetailMayBeLeftOut() {
        answers(200, "{\"passed\": true}");

        assertThat(judged("10s", "false")).isEqualTo("PASSED %s agrees", host());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            500 | {"passed": true}              | its status is 500 (expected: 200)
            204 | ''                            | its status is 204 (expected: 200)
            200 | ''                            | it is not {"passed": true or false, "detail": "..."}
            200 | ok                            | it is not {"passed": true or false, "detail": "..."}
            200 | []                            | it is not {"passed": true or false, "detail": "..."}
            200 | {"passed": "true"}            | it is not {"passed": true or false, "detail": "..."}
            200 | {"passed": true, "detail": 1} | it is not {"passed": true or false, "detail": "..."}
            """)
    void whatIsNoAnswerFailsUnlessItIsOptional(int status, String body, String reason) {
        answers(status, body);

        assertThat(judged("10s", "false")).isEqualTo("FAILED %s gives no answer: %s", host(), reason);
        assertThat(judged("10s", "true")).isEqualTo("SKIPPED %s gives no answer: %s", host(), reason);
    }

    @Test
    void redirectsAreNotFollowed() {
        server.createContext("/gate", exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            respond(exchange, 307, "");
        });
        server.createContext("/elsewhere", exchange -> respond(exchange, 200, "{\"passed\": true}"));

        assertThat(judged("10s", "false"))
                .isEqualTo("FAILED %s gives no answer: its status is 307 (expected: 200)", host());
    }

    @Test
    void longAnswersAreNotRead() {
        answers(200, "{\"passed\": true, \"detail\": \"" + "x".repeat(100_000) + "\"}");

        assertThat(judged("10s", "false")).startsWith("FAILED " + host() + " gives no answer: ");
    }

    @Test
    void whoSaysNothingIsNotWaitedForForEver() {
        CountDownLatch over = new CountDownLatch(1);
        server.createContext("/gate", exchange -> {
            await(over);
            exchange.close();
        });

        String said = judged("50ms", "false");
        over.countDown();

        assertThat(said).isEqualTo("FAILED %s gives no answer: it takes longer than 50 ms", host());
    }

    @Test
    void whoBeginsAndDoesNotGoOnIsNotWaitedForForEver() {
        CountDownLatch over = new CountDownLatch(1);
        server.createContext("/gate", exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            await(over);
            exchange.close();
        });

        String said = judged("300ms", "false");
        over.countDown();

        assertThat(said).isEqualTo("FAILED %s gives no answer: it takes longer than 300 ms", host());
    }

    @Test
    void aServerThatStopsWaitsForNoAnswerAndThatIsNoVerdict() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        server.createContext("/gate", exchange -> {
            reached.countDown();
            await(over);
            exchange.close();
        });
        Candidate candidate = candidate("10m", "true");
        WebhookGate gate = gate();
        FutureTask<GateRecord> judged = new FutureTask<>(() -> gate.judge(candidate, SAID));
        Thread asking = Thread.ofPlatform().start(judged);
        await(reached);

        gate.close();
        assertThatThrownBy(judged::get).hasCauseInstanceOf(ServingException.class);
        assertThatThrownBy(() -> gate.judge(candidate, SAID))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("the server is stopping");
        over.countDown();
        asking.join();
    }

    @Test
    void aConnectionThatEndsIsNoAnswer() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread peer = Thread.startVirtualThread(() -> {
                try (Socket connection = socket.accept()) {
                    asked.add(StringNode.valueOf(
                            "byte " + connection.getInputStream().read()));
                } catch (IOException e) {
                    // The test sees that nobody asked.
                }
            });
            String host = "127.0.0.1:" + socket.getLocalPort();
            Candidate candidate = candidate(URI.create("http://" + host + "/gate"), "10s", "false");

            assertThat(said(new WebhookGate(new AllowedHosts(List.of(host))).judge(candidate, SAID)))
                    .startsWith("FAILED " + host + " gives no answer: ");
            peer.join();
            assertThat(asked).hasSize(1);
        }
    }

    @Test
    void hostsThatNobodyAllowedAreNotAsked() {
        answers(200, "{\"passed\": true}");
        Candidate candidate = candidate("10s", "true");

        assertThat(said(new WebhookGate(new AllowedHosts(List.of())).judge(candidate, SAID)))
                .isEqualTo("FAILED %s is not among the hosts that webhooks may lead to", host());
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://ci.example.com/gate, ci.example.com, true",
        "https://CI.example.com/gate, ci.Example.com:443, true",
        "http://ci.example.com/gate, ci.example.com:80, true",
        "http://ci.example.com:8080/gate, ci.example.com:80, false",
        "http://ci.example.com:8080/gate, ci.example.com, true",
        "http://evil.ci.example.com/gate, ci.example.com, false",
        "http://ci.example.com.evil.org/gate, ci.example.com, false",
        "http://[::1]:99/gate, [::1]:99, true",
        "http://[::1]:99/gate, [::1], true"
    })
    void hostsAreAllowedByName(String uri, String allowed, boolean expected) {
        assertThat(new AllowedHosts(List.of("other", allowed)).allow(URI.create(uri)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"http://a", "*.example.com", "a/b", "a:x", "''"})
    void whatIsNoHostIsRefused(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AllowedHosts(List.of(host)))
                .withMessage("allowed host: '%s' (expected: host or host:port)", host);
    }

    private WebhookGate gate() {
        return new WebhookGate(new AllowedHosts(List.of(host())));
    }

    private String judged(String timeout, String optional) {
        return said(gate().judge(candidate(timeout, optional), SAID));
    }

    private Candidate candidate(String timeout, String optional) {
        return candidate(URI.create("http://" + host() + "/gate?token=secret"), timeout, optional);
    }

    private static Candidate candidate(URI webhook, String timeout, String optional) {
        GateSettings settings = GateSettingsTest.settings(
                "gate.webhook", webhook.toString(), "gate.webhook-timeout", timeout, "gate.webhook-optional", optional);
        return Candidates.of(
                Candidates.model(SIGNATURE, (inputs, outputs) -> List.of()), SIGNATURE, Candidates.NO_FILES, settings);
    }

    private String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private void answers(int status, String body) {
        server.createContext("/gate", exchange -> {
            asked.add(new JsonMapper().readTree(exchange.getRequestBody().readAllBytes()));
            respond(exchange, status, body);
        });
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
