package dev.penstock.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({"7, 7", "64KiB, 65536", "64kB, 64000", "3MiB, 3145728", "8589934591GiB, 9223372035781033984"})
    void sizesAreBytes(String text, long bytes) {
        assertThat(ByteSize.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"17179869185GiB", "8589934592GiB", "9223372036854775807kB", "GiB", "-1", "1.5MiB"})
    void othersAreNoSizes(String text) {
        assertThat(ByteSize.bytes(text)).isEqualTo(-1);
    }
}
