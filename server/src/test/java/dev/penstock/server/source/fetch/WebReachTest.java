package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.source.FetchException.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Whom a download may come to, and what it says there.
class WebReachTest extends WebFolder {
    @Test
    void aProxyIsAskedForNamesThatAreListedAndForAddressesOfOthers() throws Exception {
        List<String> targets = new ArrayList<>();
        try (TestWeb proxy = new TestWeb((request, out) -> {
                    targets.add(request.method() + " " + request.target() + " " + request.header("host"));
                    if (request.method().equals("CONNECT")) {
                        TestWeb.reply(out, 403, "", "");
                    } else {
                        TestWeb.reply(out, 200, "", "hello");
                    }
                });
                Fetches fetches = new Fetches(data, "inside.penstock.invalid", "*.example.org")
                        .proxy(proxy.host())
                        .resolver(host -> List.of(InetAddress.ofLiteral(
                                switch (host) {
                                    case "127.0.0.1" -> "127.0.0.1";
                                    case "a.example.org" -> "93.184.215.14";
                                    case "b.example.org" -> "10.0.0.7";
                                    default -> throw new UnknownHostException(host);
                                })))) {
            // Its own name is not looked up here.
            fetches.fetch("http://inside.penstock.invalid/m", "");
            fetches.fetch("http://a.example.org:8080/m?x=1", "");
            fetches.assertFails(Reason.REFUSED, "http://b.example.org/m", "");
            fetches.assertFails(Reason.REFUSED, "http://elsewhere.invalid/m", "");
            fetches.assertFails(Reason.UNREACHABLE, "https://a.example.org/m", "");

            assertThat(targets.stream().distinct())
                    .containsExactly(
                            "GET http://inside.penstock.invalid:80/m inside.penstock.invalid",
                            "GET http://93.184.215.14:8080/m?x=1 a.example.org:8080",
                            "CONNECT 93.184.215.14:443 93.184.215.14:443");
        }
    }

    @Test
    void redirectsAreFollowedOnlyToAllowedHostsAndNeverForEver() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> {
                    String to = switch (request.target()) {
                        case "/good" -> "/m";
                        case "/metadata" -> "http://169.254.169.254/latest/meta-data/";
                        case "/elsewhere" -> "http://localhost:1/m";
                        case "/file" -> "file:///etc/passwd";
                        case "/loop" -> "/loop";
                        default -> "";
                    };
                    TestWeb.reply(out, to.isEmpty() ? 200 : 302, "Location: " + to + "\r\n", "model");
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            assertThat(fetches.fetch(web.uri("/good"), "").files()).hasSize(1);
            assertThat(fetches.assertFails(Reason.REFUSED, web.uri("/metadata"), ""))
                    .contains("169.254.169.254");
            assertThat(fetches.assertFails(Reason.REFUSED, web.uri("/elsewhere"), ""))
                    .contains("localhost");
            fetches.assertFails(Reason.REFUSED, web.uri("/file"), "");
            fetches.assertFails(Reason.UNREACHABLE, web.uri("/loop"), "");
        }
    }

    @Test
    void whatIsConnectedToIsTheAddressThatWasJudged() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        try (TestWeb web = new TestWeb((request, out) -> TestWeb.reply(out, 200, "", "model"));
                Fetches fetches = new Fetches(data, "a.penstock.invalid")) {
            // Nobody but this resolver knows the name, so a second look anywhere would fail.
            fetches.resolver(host -> {
                looks.incrementAndGet();
                return List.of(InetAddress.getLoopbackAddress());
            });

            assertThat(fetches.fetch("http://a.penstock.invalid:" + web.port() + "/m", "")
                            .files())
                    .hasSize(1);
            assertThat(looks).hasValue(1);
            assertThat(web.requests().getFirst().header("host")).isEqualTo("a.penstock.invalid:" + web.port());
        }
    }

    @Test
    void credentialsGoToTheirHostAndNoFurther() throws Exception {
        Path headers = Files.createDirectory(data.resolve("headers"));
        try (TestWeb other = new TestWeb((request, out) -> TestWeb.reply(out, 200, "", "model"));
                TestWeb web = new TestWeb((request, out) ->
                        TestWeb.reply(out, 302, "Location: " + other.uri("/signed?sig=1") + "\r\n", ""));
                Fetches fetches = new Fetches(data, "127.0.0.1").headers(headers)) {
            Files.writeString(headers.resolve("127.0.0.1_" + web.port()), "Authorization: Bearer HIDDEN\n");
            Files.writeString(headers.resolve("127.0.0.1"), "Authorization: Bearer ENCRYPTED-ONLY\n");

            assertThat(fetches.fetch(web.uri("/m"), "").files()).hasSize(1);

            assertThat(web.requests().getFirst().header("authorization")).isEqualTo("Bearer HIDDEN");
            assertThat(other.requests().getFirst().headers()).doesNotContainKey("authorization");
        }
    }

    @Test
    void whatIsNoHttpIsRefused() throws Exception {
        for (String garbage :
                List.of("\r\n", "SSH-2.0-x\r\n", "HTTP/1.1 2000 X\r\n\r\n", "HTTP/1.1 200 X\r\n: x\r\n\r\n")) {
            try (TestWeb web = new TestWeb((request, out) -> out.write(garbage.getBytes(StandardCharsets.US_ASCII)));
                    Fetches fetches = new Fetches(data, "127.0.0.1")) {
                fetches.assertFails(Reason.UNREACHABLE, web.uri("/m"), "");
            }
        }
    }
}
