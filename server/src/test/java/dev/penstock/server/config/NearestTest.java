package dev.penstock.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    @ParameterizedTest
    @CsvSource({
        "port, port, 0",
        "prot, port, 1",
        "pot, port, 1",
        "ports, port, 1",
        "post, port, 1",
        "host, port, 2",
        "'', port, 4",
        "kitten, sitting, 3"
    })
    void theDistanceCountsEdits(String from, String to, int edits) {
        assertThat(Nearest.distance(from, to)).isEqualTo(edits);
        assertThat(Nearest.distance(to, from)).isEqualTo(edits);
    }

    @Test
    void theNearestWordIsTakenAndAFarOneIsNot() {
        List<String> words = List.of("http.port", "http.host", "grpc.port");

        assertThat(Nearest.to("htp.port", words)).isEqualTo("http.port");
        assertThat(Nearest.to("completely-else", words)).isNull();
    }
}
