package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HuffmanTest {
    /// What Netty makes of a header's value.
    private static byte[] byNetty(String value) throws Http2Exception {
        ByteBuf block = Unpooled.buffer();
        DefaultHttp2HeadersEncoder encoder =
                new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, false, 16, 0);
        encoder.configuration().maxHeaderTableSize(0);
        encoder.encodeHeaders(1, new DefaultHttp2Headers(false).add("a", value), block);
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        // The size of the table, a literal, a name of one character, the value's length, which is short.
        return Arrays.copyOfRange(bytes, 5, bytes.length);
    }

    @Test
    void everyOctetIsCodedAsOthersDoAndReadAgain() throws Exception {
        for (int octet = 0; octet < 256; octet++) {
            String text = "aaaaaaaaaaaaaaaa" + (char) octet + "1";

            byte[] coded = Huffman.encode(text);

            assertThat(coded).as("octet %d", octet).isEqualTo(byNetty(text));
            assertThat(Huffman.decode(ByteBuffer.wrap(coded), 0, coded.length)).isEqualTo(text);
        }
    }

    @Test
    void whatIsNoCodeIsRefused() {
        for (String hex : new String[] {"ff", "1c", "ffffffff", "00"}) {
            byte[] bytes = HexFormat.of().parseHex(hex);
            assertThatExceptionOfType(ProtocolException.class)
                    .as(hex)
                    .isThrownBy(() -> Huffman.decode(ByteBuffer.wrap(bytes), 0, bytes.length));
        }
    }
}
