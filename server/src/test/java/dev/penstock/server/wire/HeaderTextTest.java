package dev.penstock.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTest {
    @ParameterizedTest
    @CsvSource({"plain-1,plain-1", "a b,a%20b", "50%,50%25", "é,%C3%A9", "😀,%F0%9F%98%80"})
    void encodesAllButPrintableAscii(String text, String encoded) {
        assertThat(HeaderText.encode(text, 100)).isEqualTo(encoded);
    }

    @Test
    void neverCutsAnEncodedByteInHalf() {
        assertThat(HeaderText.encode("aéé", 8)).isEqualTo("a%C3%A9");
        assertThat(HeaderText.encode("x".repeat(10), 4)).isEqualTo("xxxx");
        assertThat(HeaderText.encode("\r\n\0", 100)).isEqualTo("%0D%0A%00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "é", "line\nbreak"})
    void repeatsOnlyIdsThatAreFitForAHeader(String id) {
        assertThat(HeaderText.isPlainId(id)).isFalse();
    }

    @Test
    void anIdHasAtMost128Characters() {
        assertThat(HeaderText.isPlainId("x".repeat(128))).isTrue();
        assertThat(HeaderText.isPlainId("x".repeat(129))).isFalse();
    }

    @Test
    void cutsMessagesToWhatAClientCanReceive() {
        assertThat(HeaderText.message("x".repeat(4096))).hasSize(4096);
        assertThat(HeaderText.message("x".repeat(4097))).isEqualTo("x".repeat(4096) + "... (cut: 4097 characters)");
        assertThat(HeaderText.message("é".repeat(1000))).startsWith("é".repeat(455) + "... (cut: 1000 characters)");
    }

    @Test
    void doesNotCutACharacterInHalf() {
        assertThat(HeaderText.message("x" + "😀".repeat(1000)))
                .doesNotContain("\ud83d...")
                .contains("😀... (cut");
        assertThat(HeaderText.message("😀".repeat(1000)))
                .doesNotContain("\ud83d...")
                .contains("😀... (cut");
    }
}
