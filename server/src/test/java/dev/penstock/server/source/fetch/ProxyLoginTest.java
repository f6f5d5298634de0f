package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.net.Proxy;
import dev.penstock.server.source.net.ProxyLogin;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A proxy that only lets those pass whom it knows; encrypted requests through one are in [TlsTest].
class ProxyLoginTest {
    private static final String LOGIN = "Basic YW5uOnM6M2NyZXQ=";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void itIsToldWhoAsksAndTheServerIsNot() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "s:3cret\n");
        try (TestWeb web = new TestWeb((request, out) -> TestWeb.reply(out, 200, "", "a model"));
                TestProxy proxy = proxy(web);
                Fetches fetches = new Fetches(folder.resolve("data"), "127.0.0.1")) {
            fetches.proxy("127.0.0.1:" + proxy.port());

            fetches.environment(Map.of(ProxyLogin.USER, "ann", ProxyLogin.PASSWORD, "s:3cret"))
                    .fetch(web.uri("/m"), "");
            fetches.environment(Map.of(ProxyLogin.USER, "ann", ProxyLogin.PASSWORD_FILE, file.toString()))
                    .fetch(web.uri("/m"), "");

            assertThat(web.requests())
                    .hasSize(2)
                    .allMatch(request -> request.header("proxy-authorization").isEmpty());
        }
    }

    @Test
    void whomItDoesNotKnowIsRefusedAtOnceAndTheSecretIsNotTold() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> TestWeb.reply(out, 200, "", "a model"));
                TestProxy proxy = proxy(web);
                Fetches fetches = new Fetches(folder.resolve("data"), "127.0.0.1")) {
            fetches.proxy("127.0.0.1:" + proxy.port());

            String none = fetches.assertFails(Reason.REFUSED, web.uri("/m"), "");
            fetches.environment(Map.of(ProxyLogin.USER, "ann", ProxyLogin.PASSWORD, "wrong-one"));
            String wrong = fetches.assertFails(Reason.REFUSED, web.uri("/m"), "");

            assertThat(none).contains("407", "PENSTOCK_SOURCES_PROXY_USER");
            assertThat(wrong).contains("407").doesNotContain("wrong-one", "YW5u");
            assertThat(proxy.asked()).as("nothing is tried again").hasSize(2);
            assertThat(web.requests()).isEmpty();
        }
    }

    private static TestProxy proxy(TestWeb web) throws Exception {
        return new TestProxy(new InetSocketAddress(InetAddress.getLoopbackAddress(), web.port()), LOGIN);
    }

    @Test
    void itIsNeverShown() {
        Proxy proxy =
                Proxy.parse("p:3128", ProxyLogin.of(Map.of(ProxyLogin.USER, "ann", ProxyLogin.PASSWORD, "s:3cret")));

        assertThat(proxy.toString()).contains("p", "3128").doesNotContain("ann", "s:3cret", "YW5u");
        assertThatThrownBy(() -> Proxy.parse("ann:s3cret@p:3128", null))
                .hasMessageContaining("'p:3128' (expected: host:port")
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "'', secret, '', no user",
        "ann, secret, /there, two passwords",
        "an:n, secret, '', has a colon",
        "ann, '', /nowhere/password, cannot read",
    })
    void whatIsNoLoginIsRefusedAtTheStart(String user, String password, String file, String reason) {
        Map<String, String> environment =
                Map.of(ProxyLogin.USER, user, ProxyLogin.PASSWORD, password, ProxyLogin.PASSWORD_FILE, file);

        assertThatThrownBy(() -> ProxyLogin.of(environment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("secret");
    }
}
