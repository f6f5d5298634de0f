package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.penstock.core.NanoClock;
import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.HttpCall;
import dev.penstock.server.source.net.HttpConnector;
import dev.penstock.server.source.net.HttpReply;
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
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against the JDK's own server with a certificate for one name.
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path temp;

    private HttpsServer server;
    private SSLContext context;

    @BeforeEach
    void start() throws Exception {
        context = context(temp.resolve("keys.p12"));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
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

    private void send(String host, SSLSocketFactory tls) throws Exception {
        try (HttpReply reply = connector(tls).send(call(host))) {
            assertThat(reply.status()).isZero();
        }
    }

    private HttpCall call(String host) {
        URI uri = URI.create("https://" + host + ":" + server.getAddress().getPort() + "/m");
        return new HttpCall(
                "GET",
                uri,
                Map.of(),
                new Deadline(System.nanoTime() + Duration.ofMinutes(5).toNanos(), () -> ""));
    }

    private static HttpConnector connector(SSLSocketFactory tls) {
        Hosts hosts = new Hosts(
                List.of("a.penstock.invalid", "b.penstock.invalid"), host -> List.of(InetAddress.getLoopbackAddress()));
        return new HttpConnector(hosts, null, tls, Duration.ofMinutes(1), Duration.ofMinutes(1), NanoClock.SYSTEM);
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
