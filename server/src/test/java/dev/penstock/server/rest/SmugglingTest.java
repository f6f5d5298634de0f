package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Messages that two servers in a row might cut differently, over real sockets and by both ways through the port: none
/// of them may make a second request of what the first one brought.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {
    private static final String INFER = "/v2/models/echo/infer";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

    /// Heads and bodies without the request line; `~` is CR LF, `^` a bare LF, `` ` `` a bare CR.
    static final List<String> REFUSED = List.of(
            // Lengths.
            "Host: x~Content-Length: 4~Transfer-Encoding: chunked~~0~~",
            "Host: x~Transfer-Encoding: chunked~Content-Length: 4~~0~~",
            "Host: x~Content-Length: 4~Content-Length: 4~~abcd",
            "Host: x~Content-Length: 4~Content-Length: 5~~abcde",
            "Host: x~content-length: 0~Content-Length: 4~~abcd",
            "Host: x~Content-Length: 4,4~~abcd",
            "Host: x~Content-Length: 4 4~~abcd",
            "Host: x~Content-Length: 0x4~~abcd",
            "Host: x~Content-Length: 4.0~~abcd",
            "Host: x~Content-Length: ~~abcd",
            "Host: x~Content-Length : 4~~abcd",
            "Host: x~Content-Length: 18446744073709551620~~abcd",
            "Host: x~Content-Length: 4~ 5~~abcd",
            // Codings.
            "Host: x~Transfer-Encoding : chunked~~0~~",
            "Host: x~Transfer-Encoding: chunked, identity~~0~~",
            "Host: x~Transfer-Encoding: identity, chunked~~0~~",
            "Host: x~Transfer-Encoding: chunked, chunked~~0~~",
            "Host: x~Transfer-Encoding: chunked~Transfer-Encoding: chunked~~0~~",
            "Host: x~Transfer-Encoding: \"chunked\"~~0~~",
            "Host: x~Transfer-Encoding: identity~~",
            "Host: x~Transfer-Encoding: \u000bchunked~~0~~",
            "Host: x~Transfer-Encoding:~~0~~",
            "Host: x~Transfer-Encoding:~ chunked~~4~abcd~0~~",
            // Chunks.
            "Host: x~Transfer-Encoding: chunked~~0x4~abcd~0~~",
            "Host: x~Transfer-Encoding: chunked~~+4~abcd~0~~",
            "Host: x~Transfer-Encoding: chunked~~-4~abcd~0~~",
            "Host: x~Transfer-Encoding: chunked~~g~abcd~0~~",
            "Host: x~Transfer-Encoding: chunked~~~abcd~0~~",
            "Host: x~Transfer-Encoding: chunked~~10000000000000004~abcd~0~~",
            "Host: x~Transfer-Encoding: chunked~~100000004~abcd~0~~",
            "Host: x~Transfer-Encoding: chunked~~4~abcdXX0~~",
            "Host: x~Transfer-Encoding: chunked~~4~abcdefgh~0~~",
            "Host: x~Transfer-Encoding: chunked~~4^abcd~0~~",
            "Host: x~Transfer-Encoding: chunked~~4~abcd^0~~",
            "Host: x~Transfer-Encoding: chunked~~4;a^b~abcd~0~~",
            // Lines.
            "Host: x^Content-Length: 4^^abcd",
            "Host: x^Content-Length: 4~~abcd",
            "Host: x~Content-Length: 4^~abcd",
            "Host: x~X: a`b~Content-Length: 4~~abcd",
            "Host: x~X: a`Content-Length: 4~~abcd",
            " Host: x~Content-Length: 4~~abcd",
            "Host: x~Content-Length 4~~abcd",
            "Host: x~: 4~~abcd",
            "Host: x~X[]: 4~Content-Length: 4~~abcd",
            "Host: x~X: a\0b~Content-Length: 4~~abcd");

    /// What is unusual and means one thing only.
    static final List<String> TAKEN = List.of(
            "Host: x~Content-Length: 0004~~abcd",
            "Host: x~Content-Length:4~~abcd",
            "Host: x~Content-Length:\t4 ~~abcd",
            "Host: x~TRANSFER-encoding: CHUNKED~~4~abcd~0~~",
            "Host: x~Transfer-Encoding: chunked~~0004~abcd~0000~~",
            "Host: x~Transfer-Encoding: chunked~~4;ext=\"1\"~abcd~0;last~~",
            "Host: x~Transfer-Encoding: chunked~~4~abcd~0~Content-Length: 9~X: y~~",
            "Host: x~X: folded~ Content-Length: 9~Content-Length: 4~~abcd");

    private final TestListener server = new TestListener();

    @BeforeAll
    void anyRequestIsAnswered() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.send(SMUGGLED);
            assertThat(client.read().body()).isEqualTo("GET /smuggled");
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String message(String path, String text) {
        return "POST " + path + " HTTP/1.1\r\n"
                + text.replace("~", "\r\n").replace('^', '\n').replace('`', '\r');
    }

    @ParameterizedTest
    @FieldSource("REFUSED")
    void whatIsAmbiguousIsRefusedAndTheConnectionCloses(String text) throws Exception {
        for (String path : List.of("/body", INFER)) {
            try (RawClient client = new RawClient(server.port())) {
                client.send(message(path, text) + SMUGGLED);

                RawClient.Response response = client.read();

                assertThat(response.status())
                        .as(path + " " + text + response.body())
                        .isIn(400, 413);
                assertThat(response.header("connection")).isEqualTo("close");
                assertThat(client.atEnd()).as("nothing follows").isTrue();
            }
        }
    }

    @ParameterizedTest
    @FieldSource("TAKEN")
    void whatMeansOneThingIsTakenAndTheNextRequestIsWhereItBegins(String text) throws Exception {
        for (String path : List.of("/body", INFER)) {
            try (RawClient client = new RawClient(server.port())) {
                client.send(message(path, text) + TestListener.get("/next"));

                RawClient.Response response = client.read();

                assertThat(response.status())
                        .as(path + " " + text + response.body())
                        .isEqualTo(200);
                assertThat(response.body()).startsWith(path.equals(INFER) ? "POST " : "4:");
                assertThat(client.read().body()).isEqualTo("GET /next");
            }
        }
    }

    /// The line that ends a message may come in any pieces.
    @ParameterizedTest
    @FieldSource("REFUSED")
    void itIsRefusedHoweverItIsCut(String text) throws Exception {
        byte[] bytes = (message(INFER, text) + SMUGGLED).getBytes(StandardCharsets.ISO_8859_1);
        try (RawClient client = new RawClient(server.port())) {
            try {
                for (byte octet : bytes) {
                    client.send(new byte[] {octet});
                }
            } catch (IOException e) {
                // It was refused before it was complete.
            }

            assertThat(client.read().status()).as(text).isIn(400, 413);
        }
    }
}
