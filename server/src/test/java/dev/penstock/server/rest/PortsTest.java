package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.logging.LogLevels;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class PortsTest {
    private static AdminRoutes routes(RestFixture rest) {
        return new AdminRoutes(rest, new LogLevels(InstantSource.system()));
    }

    @Test
    void theAdminPortShowsModelsWithStatesAndSignatures() throws Exception {
        try (RestFixture rest = new RestFixture();
                EventLoops loops = EventLoops.start(1);
                HttpListener admin =
                        HttpListener.start(loops, "127.0.0.1", 0, HttpLimits.SMALL, routes(rest));
                RawClient client = new RawClient(admin.port())) {
            client.send("GET /api/v1/models HTTP/1.1\r\nHost: x\r\n\r\n");
            String all = client.read().body();
            client.send("GET /api/v1/models/rows HTTP/1.1\r\nHost: x\r\n\r\n");
            RawClient.Response one = client.read();

            assertThat(one.body())
                    .isEqualTo("{\"name\":\"rows\",\"warnings\":[\"odd field\"],\"versions\":[{\"version\":1,"
                            + "\"state\":\"READY\",\"reason\":\"\",\"device\":\"cpu\","
                            + "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,2]}],"
                            + "\"outputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,2]}],"
                            + "\"max_batch_size\":4,\"remarks\":[]}]}");
            assertThat(one.header("x-penstock-model")).isEqualTo("rows");
            assertThat(all)
                    .startsWith("{\"models\":[")
                    .contains(one.body())
                    .contains("\"reason\":\"no version folder\"");
        }
    }

    @Test
    void theAdminPortRefusesWhatItHasNot() throws Exception {
        try (RestFixture rest = new RestFixture();
                EventLoops loops = EventLoops.start(1);
                HttpListener admin =
                        HttpListener.start(loops, "127.0.0.1", 0, HttpLimits.SMALL, routes(rest));
                RawClient client = new RawClient(admin.port())) {
            client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
            client.send("GET /api/v1/models/nope HTTP/1.1\r\nHost: x\r\n\r\n");
            client.send("GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n");
            client.send("POST /api/v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");

            assertThat(client.read().body()).isEqualTo("{\"status\":\"alive\",\"ready\":true}");
            RawClient.Response unknown = client.read();
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.header("x-penstock-model")).isEqualTo("nope");
            assertThat(client.read().body()).isEqualTo("{\"error\":\"Not Found\"}");
            assertThat(client.read().status()).isEqualTo(501);
            client.send("DELETE /api/v1/models HTTP/1.1\r\nHost: x\r\n\r\n");
            RawClient.Response refused = client.read();
            assertThat(refused.status()).isEqualTo(405);
            assertThat(refused.header("allow")).isEqualTo("GET, HEAD, POST");
        }
    }

    @Test
    void theMetricsPortServesTheScrapeInTheFormatAskedFor() throws Exception {
        Scrape scrape = accept -> new Scrape.Page(
                accept.isEmpty() ? "text/plain; charset=utf-8" : accept,
                StandardCharsets.UTF_8.encode(
                        "virtual " + Thread.currentThread().isVirtual() + "\n"));
        try (EventLoops loops = EventLoops.start(1);
                HttpListener metrics =
                        HttpListener.start(loops, "127.0.0.1", 0, HttpLimits.SMALL, new MetricsRoutes(scrape));
                RawClient client = new RawClient(metrics.port())) {
            client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
            RawClient.Response page = client.read();
            client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text\r\n\r\n");
            RawClient.Response open = client.read();
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(page.body()).isEqualTo("virtual true\n");
            assertThat(page.header("content-type")).isEqualTo("text/plain; charset=utf-8");
            assertThat(open.header("content-type")).isEqualTo("application/openmetrics-text");
            assertThat(client.read().status()).isEqualTo(404);
        }
    }

    @Test
    void thePortsThatAreOnlyReadFromTakeNoLargeBodies() throws Exception {
        try (RestFixture rest = new RestFixture();
                EventLoops loops = EventLoops.start(1);
                HttpListener admin =
                        HttpListener.start(loops, "127.0.0.1", 0, HttpLimits.SMALL, routes(rest));
                RawClient client = new RawClient(admin.port())) {
            client.send("POST /api/v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n");

            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body())
                    .contains("65537 bytes (expected: <= 65536 bytes; the limit is fixed for this port)");
        }
    }
}
