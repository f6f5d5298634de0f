package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionWordsTest {
    @Test
    void reasonsAreToldTheMostFrequentFirst() {
        Map<String, Long> lost =
                Map.of("Connection reset", 2L, "Connection refused", 1200L, "a deadline had passed", 2L);

        assertThat(ConnectionWords.finding("500/s", List.of(lost)))
                .contains("Connections of 500/s were lost, or could not be made, 1,204 times: Connection refused"
                        + " (1,200), Connection reset (2), a deadline had passed (2).");
    }

    @Test
    void connectionsThatHoldAreNotWorthAWord() {
        assertThat(ConnectionWords.finding("500/s", List.of(Map.of(), Map.of())))
                .isEmpty();
    }
}
