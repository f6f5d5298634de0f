package dev.penstock.server.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SentHeadersTest {
    private static String sent(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    @Test
    void bytesAreReadAsUtf8WhereTheyAre() {
        for (String text : List.of("", "user-7", "K\u00e4the", "\u65e5\u672c", "\ud83d\ude00")) {
            assertThat(SentHeaders.text(sent(text)).toString()).isEqualTo(text);
        }
        // Latin-1, as some callers still send it; and what is decoded already.
        for (String text : List.of("K\u00e4the", "\u65e5\u672c")) {
            assertThat(SentHeaders.text(text)).isSameAs(text);
        }
    }

    @Test
    void theFirstCountsButCookiesAreOne() {
        assertThat(SentHeaders.one("x-user", List.of())).isNull();
        assertThat(SentHeaders.one("x-user", List.of("a", "b"))).isEqualTo("a");
        assertThat(SentHeaders.one("cookie", List.of("a=1", "b=2"))).isEqualTo("a=1; b=2");
        assertThat(SentHeaders.more("x-user", "a", "b")).isEqualTo("a");
        assertThat(SentHeaders.more("cookie", SentHeaders.more("cookie", null, "a=1"), "b=2"))
                .isEqualTo("a=1; b=2");
    }
}
