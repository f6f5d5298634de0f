package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.scenario.Overrides;
import dev.penstock.loadtest.scenario.Scenario;
import dev.penstock.loadtest.target.Endpoint;
import dev.penstock.loadtest.target.Target;
import dev.penstock.loadtest.target.TargetOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class StageRunnerTest {
    private static final int GOODBYES = 3;

    /// Says goodbye with each of its first answers.
    private static HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger calls = new AtomicInteger();
        server.createContext("/infer", exchange -> {
            byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
            exchange.getRequestBody().readAllBytes();
            if (calls.incrementAndGet() <= GOODBYES) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    /// They are lost before the measured time, unless the machine stalls for so long.
    @Test
    void connectionsThatAreLostBeforeTheMeasuredTimeAreToldToo() throws IOException {
        HttpServer server = server();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        Scenario scenario = Scenario.read("""
                target: %s
                mix: [{model: m}]
                loads: [{concurrency: 1}]
                warm-up: 300ms
                requests: 20
                """.formatted(url), Path.of(""), new Overrides());
        try (Target target = Target.open(Endpoint.parse("target", url), scenario.protocol(), TargetOptions.DEFAULT)) {
            List<Payload> payloads = List.of(Payload.of("/infer", Map.of(), new byte[] {1}));
            StageRunner runner =
                    new StageRunner(scenario, target, payloads, System::nanoTime, new SilentView(), new Stop());

            assertThat(runner.run(scenario.loads().getFirst(), scenario.tempo(), Map.of()))
                    .isPresent();

            assertThat(runner.findings())
                    .singleElement()
                    .asString()
                    .contains("Connections of concurrency 1 were lost, or could not be made, 3 times: ");
        } finally {
            server.stop(0);
        }
    }
}
