package dev.penstock.loadtest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTimeoutTest {
    @ParameterizedTest
    @CsvSource({
        "PT0.000000001S, 1n",
        "PT0.099999999S, 99999999n",
        "PT0.1S, 100000u",
        "PT99S, 99000000u",
        "PT100S, 100000m",
        "PT100000S, 100000S"
    })
    void aDeadlineHasAtMostEightDigits(Duration deadline, String expected) {
        assertThat(new CallTimeout(deadline).whole()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0.05S, 0, 50000000n",
        "PT0.05S, 1, 49999999n",
        "PT0.05S, 49999991, 00000009n",
        "PT0.05S, 50000000, 00000001n",
        "PT0.05S, 90000000, 00000001n",
        "PT1S, 999000, 00999001u",
        "PT1S, 999001, 00999000u",
        "PT200S, 3000000000, 00197000m"
    })
    void whatIsLeftIsWrittenOverTheEndOfAHead(Duration deadline, long passedNanos, String expected) {
        CallTimeout timeout = new CallTimeout(deadline);
        ByteBuffer out = ByteBuffer.allocate(20);
        out.put(("head " + timeout.wholeInAllDigits()).getBytes(StandardCharsets.US_ASCII));

        timeout.writeRest(out, passedNanos);

        assertThat(new String(out.array(), 0, out.position(), StandardCharsets.US_ASCII))
                .isEqualTo("head " + expected);
    }
}
