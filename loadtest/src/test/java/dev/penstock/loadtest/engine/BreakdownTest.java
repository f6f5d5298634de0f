package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BreakdownTest {
    private final Breakdown breakdown = new Breakdown(List.of("x-penstock-version", "server"));

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private int value(String text, boolean coded) throws ProtocolException {
        byte[] bytes = coded ? Huffman.encode(text) : ascii(text);
        return breakdown.value(0, ByteBuffer.wrap(bytes), 0, bytes.length, coded);
    }

    @Test
    void aHeaderIsFoundByItsNameInBothForms() {
        byte[] plain = ascii("x-penstock-version");
        byte[] coded = Huffman.encode("x-penstock-version");

        assertThat(breakdown.byName(ByteBuffer.wrap(plain), 0, plain.length, false))
                .isZero();
        assertThat(breakdown.byName(ByteBuffer.wrap(coded), 0, coded.length, true))
                .isZero();
        assertThat(breakdown.byName(ByteBuffer.wrap(plain), 0, plain.length - 1, false))
                .isEqualTo(Breakdown.NONE);
        assertThat(breakdown.byEntry(54)).isEqualTo(1);
        assertThat(breakdown.byEntry(15)).isEqualTo(Breakdown.NONE);
    }

    @Test
    void aValueIsTheSameInBothForms() throws Exception {
        int first = value("17", false);

        assertThat(value("17", true)).isEqualTo(first);
        assertThat(value("17", true)).isEqualTo(first);
        assertThat(value("18", true)).isNotEqualTo(first);
        assertThat(value("", false)).isEqualTo(HeaderValues.ABSENT);
        assertThat(breakdown.header(0).values()).containsExactly("", "17", "18");
    }

    @Test
    void valuesBeyondTheLimitAreCountedTogether() throws Exception {
        for (int i = 0; i < 1000; i++) {
            value("v" + i, i % 2 == 0);
        }

        int others = value("one more", false);

        assertThat(breakdown.header(0).values())
                .hasSize(LoadPart.MAX_VALUES + 2)
                .contains("v63", LoadPart.OTHERS);
        assertThat(breakdown.header(0).values().get(others)).isEqualTo(LoadPart.OTHERS);
        assertThat(breakdown.header(0).values().get(value("v3", true))).isEqualTo("v3");
    }
}
