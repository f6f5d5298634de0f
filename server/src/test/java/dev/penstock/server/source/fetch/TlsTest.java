package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.penstock.core.NanoClock;
import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.HttpCall;
import dev.penstock.server.source.net.HttpConnector;
import dev.penstock.server.source.net.HttpReply;
import dev.penstock.server.source.net.Proxy;
import dev.penstock.server.source.net.ProxyLogin;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against the JDK's own server with a certificate for one name.
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path temp;

    private final List<Map<String, List<String>>> seen = new CopyOnWriteArrayList<>();
    private HttpsServer server;
    private SSLContext context;

    @BeforeEach
    void start() throws Exception {
        context = context(temp.resolve("keys.p12"));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            seen.add(Map.copyOf(exchange.getRequestHeaders()));
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("model".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aServerThatProvesItsNameIsRead() throws Exception {
        try (HttpReply reply = connector(context.getSocketFactory()).send(call("a.penstock.invalid"))) {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body().readAllBytes()).asString().isEqualTo("model");
        }
    }

    @Test
    void aServerWithACertificateForAnotherNameIsNot() {
        assertThatThrownBy(() -> send("b.penstock.invalid", context.getSocketFactory()))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void aServerThatNobodyVouchesForIsNot() {
        assertThatThrownBy(() -> send("a.penstock.invalid", (SSLSocketFactory) SSLSocketFactory.getDefault()))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void aSilenceInTheMiddleIsWaitedForAndThenItGoesOn() throws Exception {
        CountDownLatch looks = new CountDownLatch(6);
        server.createContext("/slow", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("mo".getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
            await(looks);
            exchange.getResponseBody().write("del".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        Supplier<String> counting = () -> {
            looks.countDown();
            return "";
        };
        HttpCall call = new HttpCall("GET", uri("a.penstock.invalid", "/slow"), Map.of(), deadline(counting));
        try (HttpReply reply = connector(context.getSocketFactory()).send(call)) {
            assertThat(reply.body().readAllBytes()).asString().isEqualTo("model");
        }
    }

    @Test
    void throughAProxyItIsTheServerThatProvesItsName() throws Exception {
        try (TestProxy proxy = new TestProxy(server.getAddress())) {
            HttpConnector through = connector(context.getSocketFactory(), new Proxy("127.0.0.1", proxy.port(), null));
            try (HttpReply reply = through.send(call("a.penstock.invalid"))) {
                assertThat(reply.body().readAllBytes()).asString().isEqualTo("model");
            }
            assertThatThrownBy(() -> {
                        try (HttpReply reply = through.send(call("b.penstock.invalid"))) {
                            assertThat(reply).isNull();
                        }
                    })
                    .isInstanceOf(SSLException.class);
            int port = server.getAddress().getPort();
            assertThat(proxy.asked())
                    .containsExactly(
                            "CONNECT a.penstock.invalid:" + port + " HTTP/1.1",
                            "CONNECT b.penstock.invalid:" + port + " HTTP/1.1");
        }
    }

    @Test
    void onlyTheProxyIsToldWhoAsks() throws Exception {
        try (TestProxy proxy = new TestProxy(server.getAddress(), "Basic YW5uOnM6M2NyZXQ=")) {
            ProxyLogin login = ProxyLogin.of(Map.of(ProxyLogin.USER, "ann", ProxyLogin.PASSWORD, "s:3cret"));
            Proxy known = new Proxy("127.0.0.1", proxy.port(), login);
            try (HttpReply reply = connector(context.getSocketFactory(), known).send(call("a.penstock.invalid"))) {
                assertThat(reply.body().readAllBytes()).asString().isEqualTo("model");
            }
            assertThat(seen).hasSize(1).noneMatch(headers -> headers.containsKey("Proxy-Authorization"));

            HttpConnector unknown = connector(context.getSocketFactory(), new Proxy("127.0.0.1", proxy.port(), null));
            assertThatThrownBy(() -> {
                        try (HttpReply reply = unknown.send(call("a.penstock.invalid"))) {
                            assertThat(reply).isNull();
                        }
                    })
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("407", ProxyLogin.USER);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(String host, SSLSocketFactory tls) throws Exception {
        try (HttpReply reply = connector(tls).send(call(host))) {
            assertThat(reply.status()).isZero();
        }
    }

    private URI uri(String host, String path) {
        return URI.create("https://" + host + ":" + server.getAddress().getPort() + path);
    }

    private static Deadline deadline(Supplier<String> givenUp) {
        return new Deadline(System.nanoTime() + Duration.ofMinutes(5).toNanos(), givenUp);
    }

    private HttpCall call(String host) {
        return new HttpCall("GET", uri(host, "/m"), Map.of(), deadline(() -> ""));
    }

    private static HttpConnector connector(SSLSocketFactory tls) {
        return connector(tls, null);
    }

    private static HttpConnector connector(SSLSocketFactory tls, @Nullable Proxy proxy) {
        Hosts hosts = new Hosts(
                List.of("a.penstock.invalid", "b.penstock.invalid"), host -> List.of(InetAddress.getLoopbackAddress()));
        return new HttpConnector(hosts, proxy, tls, Duration.ofMinutes(1), Duration.ofMinutes(1), NanoClock.SYSTEM);
    }

    private static SSLContext context(Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=a.penstock.invalid",
                        "-ext",
                        "san=dns:a.penstock.invalid",
                        "-validity",
                        "3650",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("a", keys.getCertificate("a"));
        TrustManagerFactory others = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        others.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), others.getTrustManagers(), null);
        return context;
    }
}
