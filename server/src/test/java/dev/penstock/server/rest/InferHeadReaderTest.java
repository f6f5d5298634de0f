package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the quick reader of heads takes, the decoder takes too, and reads the same.
class InferHeadReaderTest {
    private static final long SEED = 20261121;
    private static final int ROUNDS = 50_000;
    private static final String[] PATHS = {
        "/v2/models/iris/infer", "/v1/models/iris:predict", "/v1/models/iris/labels/canary:predict",
    };
    private static final String[] HEADERS = {
        "User-Agent: h2load\r\n",
        "Content-Type: application/json\r\n",
        "Accept: */*\r\n",
        "Accept-Encoding: gzip, deflate\r\n",
        "X-Request-Id: abc\r\n",
        "Connection: keep-alive\r\n",
        "inference-header-content-length: 12\r\n",
    };

    private final InferHeadReader reader = new InferHeadReader(HttpLimits.DEFAULT, false);

    private static byte[] draw(Random random) {
        StringBuilder head =
                new StringBuilder("POST %s HTTP/1.1\r\nHost: x\r\n".formatted(PATHS[random.nextInt(PATHS.length)]));
        for (String header : HEADERS) {
            head.append(random.nextBoolean() ? header : "");
        }
        return (head + "Content-Length: 34\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void plainHeadsAreTaken() {
        Random random = new Random(SEED);
        for (int round = 0; round < 1000; round++) {
            byte[] head = draw(random);

            InferHead read = reader.read(head, 0, head.length);

            assertThat(read).as(new String(head, StandardCharsets.ISO_8859_1)).isNotNull();
            assertThat(read.bodyBytes).isEqualTo(34);
            assertThat(read.path()).isIn((Object[]) PATHS);
        }
    }

    @Test
    void routesSeeTheFirstOfEachHeaderAndAllCookies() {
        byte[] head = "POST /v2/models/iris/infer HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nX-User: u7\r\nX-User: other\r\n"
                .concat("cookie: uid=7\r\nContent-Length: 34\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);

        InferHead read = reader.read(head, 0, head.length);

        assertThat(read).isNotNull();
        assertThat(read.header("x-user")).isEqualTo("u7");
        assertThat(read.header("cookie")).isEqualTo("a=1; uid=7");
        assertThat(read.header("x-none")).isNull();
    }

    @Test
    void whatIsTakenOfDamagedHeadsMeansTheSameToTheDecoder() {
        Random random = new Random(SEED + 1);
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] head = draw(random);
            for (int i = 1 + random.nextInt(2); i > 0; i--) {
                int at = random.nextInt(head.length);
                head[at] = random.nextBoolean()
                        ? (byte) " \t\r\n:,;0123-_%/aZ".charAt(random.nextInt(17))
                        : (byte) random.nextInt(256);
            }
            int end = InferHeadReader.headEnd(head, 0, head.length);
            InferHead read = end < 0 ? null : reader.read(head, 0, end);
            if (read != null) {
                taken++;
                same(read, Arrays.copyOf(head, end));
            }
        }
        assertThat(taken).isGreaterThan(ROUNDS / 20);
    }

    private static void same(InferHead read, byte[] head) {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(Unpooled.wrappedBuffer(head));
        @Nullable HttpRequest known = channel.readInbound();
        assertThat(known).as(text).isNotNull();
        assertThat(HeadRules.refusal(known, HttpLimits.DEFAULT, HttpLimits.DEFAULT.body()))
                .as(text)
                .isNull();
        assertThat(known.method().name()).as(text).isEqualTo("POST");
        assertThat(known.uri()).as(text).isEqualTo(read.path());
        assertThat(HttpUtil.getContentLength(known, -1L)).as(text).isEqualTo(read.bodyBytes);
        assertThat(HttpUtil.isKeepAlive(known)).as(text).isTrue();
        assertThat(HttpUtil.isTransferEncodingChunked(known)).as(text).isFalse();
        channel.finishAndReleaseAll();
    }
}
