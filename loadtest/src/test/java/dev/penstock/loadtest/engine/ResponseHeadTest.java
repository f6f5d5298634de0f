package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Blocks as Netty's encoder writes them, with and without Huffman coding, and blocks that are broken.
class ResponseHeadTest {
    private static final int NEVER = 1 << 20;
    private static final int ALWAYS = 0;
    private static final long SEED = 20261121;

    private final ResponseHead head = new ResponseHead(new Breakdown(List.of()));

    private static byte[] encode(Http2Headers headers, int huffmanFrom) {
        ByteBuf block = Unpooled.buffer();
        try {
            DefaultHttp2HeadersEncoder encoder =
                    new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, false, 16, huffmanFrom);
            encoder.configuration().maxHeaderTableSize(0);
            encoder.encodeHeaders(3, headers, block);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    private void read(byte[] block) throws ProtocolException {
        head.read(ByteBuffer.wrap(block), 0, block.length, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {NEVER, ALWAYS})
    void everyStatusIsFound(int huffmanFrom) throws ProtocolException {
        for (int http = 100; http < 600; http++) {
            int grpc = http % 17;
            Http2Headers headers = new DefaultHttp2Headers()
                    .status(Integer.toString(http))
                    .add("content-type", "application/grpc")
                    .add("x-request-id", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
                    .add("grpc-message", "what went wrong: everything")
                    .add("grpc-status", Integer.toString(grpc))
                    .add("grpc-status-details-bin", "AAAA");

            read(encode(headers, huffmanFrom));

            assertThat(head.status()).isEqualTo(http);
            assertThat(head.grpcStatus()).isEqualTo(grpc);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {NEVER, ALWAYS})
    void whatIsNotThereIsNotFound(int huffmanFrom) throws ProtocolException {
        read(encode(new DefaultHttp2Headers().add("grpc-statue", "0"), huffmanFrom));

        assertThat(head.status()).isEqualTo(ResponseHead.NONE);
        assertThat(head.grpcStatus()).isEqualTo(ResponseHead.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1x", "-1", "1234"})
    void aStatusThatIsNoNumberIsBad(String status) throws ProtocolException {
        for (int huffmanFrom : new int[] {NEVER, ALWAYS}) {
            read(encode(new DefaultHttp2Headers().add("grpc-status", status), huffmanFrom));

            assertThat(head.grpcStatus()).isNegative().isNotEqualTo(ResponseHead.NONE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "be", // the dynamic table
                "80", // entry 0
                "7f21", // a name of the dynamic table
                "000a6162", // a string longer than the block
                "00", // no name
                "000161", // no value
                "7fffffffffff00", // a number without end
                "ff" // a number that is cut off
            })
    void aBrokenBlockIsRefused(String hex) {
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> read(HexFormat.of().parseHex(hex)));
    }

    @Test
    void nothingIsReadBeyondABlock() {
        Random random = new Random(SEED);
        for (int round = 0; round < 20_000; round++) {
            byte[] block = new byte[random.nextInt(40)];
            random.nextBytes(block);
            try {
                // An index beyond the array would be another exception.
                read(block);
            } catch (ProtocolException e) {
                assertThat(e).hasMessageContaining("header");
            }
        }
    }

    @Test
    void theRestOfABlockIsLeftUnreadWhenOnlyTheStatusCounts() throws ProtocolException {
        byte[] block = HexFormat.of().parseHex("88be");

        head.read(ByteBuffer.wrap(block), 0, block.length, true);

        assertThat(head.status()).isEqualTo(200);
    }
}
