package dev.penstock.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferByHttpTest {
    private static final String METADATA = """
            {"name":"digits","inputs":[{"name":"image","datatype":"FP32","shape":[-1,2]}]}
            """;
    private static final String REPLY = """
            {"model_name":"digits","model_version":"2","outputs":[{"name":"label","datatype":"INT64","shape":[1],"data":[7]}]}
            """;

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final HttpServer server = newServer();

    private static HttpServer newServer() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() {
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestMethod() + " " + path + " " + body);
        switch (path) {
            case "/v2/models/digits", "/v2/models/digits/versions/1" -> send(exchange, 200, METADATA);
            case "/v2/models/digits/infer", "/v2/models/digits/versions/1/infer" -> send(exchange, 200, REPLY);
            case "/v2/models/odd/infer" -> send(exchange, 200, "<html>");
            default -> send(exchange, 404, "{\"error\":\"Request for unknown model: 'nope' is not found\"}");
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("x-penstock-request-id", "http-1");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Test
    void postsTheRequestAsItIs() throws Exception {
        String request =
                "{\"inputs\":[{\"name\":\"image\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[0.10,NaN]}]}";

        Run run = Run.withInput(request, "infer", "digits", "--json", "-", "--url", url());

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("model    digits", "version  2", "request  http-1", "label   INT64  [1]    7");
        assertThat(requests.take()).startsWith("POST /v2/models/digits/infer {").endsWith("\"data\":[0.10,NaN]}]}");
    }

    @Test
    void typesValuesByTheServersMetadata() throws Exception {
        Run run = Run.of(
                "infer", "digits", "--version", "1", "--input", "image=1,2", "--output", "label", "--url", url());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(requests.take()).isEqualTo("GET /v2/models/digits/versions/1 ");
        assertThat(requests.take())
                .isEqualTo(
                        "POST /v2/models/digits/versions/1/infer {\"inputs\":[{\"name\":\"image\",\"datatype\":\"FP32\","
                                + "\"shape\":[1,2],\"data\":[1,2]}],\"outputs\":[{\"name\":\"label\"}]}");
    }

    @Test
    void saysWhatTheServerSaid() {
        Run refused = Run.withInput("{}", "infer", "a/b c", "--json", "-", "--url", url());
        Run odd = Run.withInput("{}", "infer", "odd", "--json", "-", "--url", url());

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("HTTP 404: Request for unknown model: 'nope' is not found", "http-1");
        assertThat(requests).anyMatch(request -> request.startsWith("POST /v2/models/a%2Fb%20c/infer"));
        assertThat(odd.exitCode()).isEqualTo(1);
        assertThat(odd.err()).contains("HTTP 200: the answer is no JSON object: <html>");
    }

    @Test
    void isToldApartFromGrpc() {
        Run run = Run.withInput("{}", "infer", "digits", "--json", "-", "--url", url().replace("http:", "grpc:"));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err()).contains("does not speak gRPC; for its HTTP port say http://");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host", "connection", "Content-Length", "content-type", "expect", "upgrade", "te"})
    void refusesAHeaderThatTheClientKeepsForItself(String name) {
        Run run = Run.withInput("{}", "infer", "digits", "--json", "-", "--url", url(), "--header", name + "=x");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains("--header " + name + "=x: ", " (expected: a header that says something about the request)");
        assertThat(requests).isEmpty();
    }
}
