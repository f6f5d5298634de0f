package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Heads of requests, read by Netty's decoder.
class HeaderBlockTest {
    private static final InetSocketAddress TARGET = new InetSocketAddress(InetAddress.getLoopbackAddress(), 81);

    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true, 1 << 20);

    private Map<String, String> decode(byte[] frame) throws Http2Exception {
        byte[] block = Arrays.copyOfRange(frame, H2.FRAME_HEAD, frame.length);
        Map<String, String> fields = new TreeMap<>();
        decoder.decodeHeaders(1, Unpooled.wrappedBuffer(block))
                .forEach(field ->
                        fields.put(field.getKey().toString(), field.getValue().toString()));
        return fields;
    }

    private static H2Requests requests(Payload... payloads) {
        LoadPlan plan = LoadPlan.to(TARGET, Protocol.GRPC_UNARY, List.of(payloads))
                .headers(Map.of("x-tenant", "t".repeat(300)))
                .deadline(Duration.ofSeconds(5))
                .build();
        return new H2Requests(plan);
    }

    private static Map<String, String> expected(String path) {
        return new TreeMap<>(Map.of(
                ":method", "POST",
                ":scheme", "http",
                ":path", path,
                ":authority", "127.0.0.1:81",
                "content-type", "application/grpc",
                "te", "trailers",
                "user-agent", "penstock-loadtest",
                "grpc-timeout", "5000000u",
                "x-tenant", "t".repeat(300)));
    }

    @Test
    void aHeadSaysTheSameHoweverItIsWritten() throws Http2Exception {
        H2Requests requests = requests(Payload.of("/a.B/C", Map.of(), new byte[1]));

        assertThat(decode(requests.plainHead(0))).isEqualTo(expected("/a.B/C"));
        assertThat(decode(requests.tellingHead(0))).isEqualTo(expected("/a.B/C"));
        assertThat(decode(requests.knownHead(0))).isEqualTo(expected("/a.B/C"));
        assertThat(decode(requests.knownHead(0))).isEqualTo(expected("/a.B/C"));
        assertThat(requests.knownHead(0)).hasSize(H2.FRAME_HEAD + 9);
    }

    @Test
    void onlyWhatAllHeadsShareIsTold() throws Http2Exception {
        H2Requests requests = requests(
                Payload.of("/a.B/C", Map.of(), new byte[1]), Payload.of("/a.B/D", Map.of("x-own", "1"), new byte[1]));
        Map<String, String> second = expected("/a.B/D");
        second.put("x-own", "1");

        assertThat(decode(requests.tellingHead(1))).isEqualTo(second);
        assertThat(decode(requests.knownHead(0))).isEqualTo(expected("/a.B/C"));
        assertThat(decode(requests.knownHead(1))).isEqualTo(second);
    }
}
