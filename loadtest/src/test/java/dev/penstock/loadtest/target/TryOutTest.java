package dev.penstock.loadtest.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import dev.penstock.loadtest.engine.InferPayloads;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.stub.OipServer;
import dev.penstock.loadtest.target.TargetException.Kind;
import dev.penstock.proto.inference.ModelInferRequest;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class TryOutTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Map<String, String> TOKEN = Map.of("authorization", "Bearer abc");
    private static final Payload JSON = InferPayloads.json("m", "", "{}").inGroup("mine");

    private static Target target(String url, TargetProtocol protocol) {
        return Target.open(Endpoint.parse("--target", url), protocol, TargetOptions.DEFAULT);
    }

    private static ModelInferRequest sum(String model) {
        return ModelInferRequest.newBuilder().setModelName(model).build();
    }

    /// Answers with those codes, one after the other, then with 200; asks for a token.
    private static HttpServer http(int... codes) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger calls = new AtomicInteger();
        server.createContext("/v2/models/m/infer", exchange -> {
            int call = calls.getAndIncrement();
            boolean known = "Bearer abc".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            int code = !known ? 401 : call < codes.length ? codes[call] : 200;
            byte[] body =
                    (code == 200 ? "{}" : "{\"error\": \"no, call " + call + "\"}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Test
    void restSaysWhatTheServerSaysAndWhatMayHelp() throws IOException {
        HttpServer server = http(400);
        try (Target target = target(url(server), TargetProtocol.REST)) {
            assertThatExceptionOfType(TargetException.class)
                    .isThrownBy(() -> target.tryOut(JSON, PATIENCE))
                    .withMessage(url(server) + " says no to a request of 'mine', sent before the load: HTTP 401: no,"
                            + " call 0 (expected: who may ask; --header authorization=... says who asks)");
            assertThat(target.tryOut(JSON.withHeaders(TOKEN), PATIENCE)).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aServerThatIsBusyIsAskedAgain() throws IOException {
        HttpServer server = http(429, 429, 429);
        try (Target target = target(url(server), TargetProtocol.REST)) {
            assertThat(target.tryOut(JSON.withHeaders(TOKEN), PATIENCE)).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void thatAServerStaysBusyIsToldAndNoRefusal() throws IOException {
        int[] always = new int[100];
        Arrays.fill(always, 429);
        HttpServer server = http(always);
        try (Target target = target(url(server), TargetProtocol.REST)) {
            assertThat(target.tryOut(JSON.withHeaders(TOKEN), PATIENCE))
                    .contains(url(server) + " has too much to do for a request of 'mine', sent 10 times before the"
                            + " load: HTTP 429: no, call 9");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void grpcSendsTheHeadersOfTheLoad() throws IOException {
        try (OipServer stub = new OipServer()) {
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(ServerInterceptors.intercept(stub, new Guard()))
                    .build()
                    .start();
            try (Target target = target("grpc://127.0.0.1:" + server.getPort(), TargetProtocol.GRPC)) {
                Payload payload = InferPayloads.unary(sum("nosuch"));
                assertThatExceptionOfType(TargetException.class)
                        .isThrownBy(() -> target.tryOut(payload, PATIENCE))
                        .withMessageContaining("UNAUTHENTICATED: who are you? (expected: who may ask");
                assertThatExceptionOfType(TargetException.class)
                        .isThrownBy(() -> target.tryOut(payload.withHeaders(TOKEN), PATIENCE))
                        .withMessageContaining("NOT_FOUND: Request for unknown model: 'nosuch' is not found");
            } finally {
                server.shutdownNow();
            }
        }
    }

    @Test
    void binaryHeadersAreBase64() {
        Payload payload = InferPayloads.unary(sum("sum")).withHeaders(Map.of("key-bin", "not base64"));
        try (OipServer server = new OipServer();
                Target target = target(server.grpcUrl(), TargetProtocol.GRPC)) {
            assertThatExceptionOfType(InputError.class)
                    .isThrownBy(() -> target.tryOut(payload, PATIENCE))
                    .withMessage("header key-bin (expected: base64, as its name ends in -bin)");
        }
    }

    private static final class Guard implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if ("Bearer abc".equals(headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER)))) {
                return next.startCall(call, headers);
            }
            call.close(Status.UNAUTHENTICATED.withDescription("who are you?"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    @Test
    void errorsInStreamsAreMessages() {
        try (OipServer server = new OipServer();
                Target target = target(server.grpcUrl(), TargetProtocol.GRPC_STREAM)) {
            assertThatExceptionOfType(TargetException.class)
                    .isThrownBy(() -> target.tryOut(InferPayloads.streamed(sum("nosuch")), PATIENCE))
                    .withMessageContaining("STREAM_ERROR: unknown model");
        }
    }

    @Test
    void nobodyThereIsUnreachable() {
        try (Target target = target("grpc://127.0.0.1:1", TargetProtocol.GRPC)) {
            assertThatExceptionOfType(TargetException.class)
                    .isThrownBy(() -> target.tryOut(InferPayloads.unary(sum("sum")), PATIENCE))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
        }
    }
}
