package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.loadtest.engine.Protocol;
import dev.penstock.loadtest.scenario.Connecting;
import dev.penstock.loadtest.scenario.ScenarioError;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static Connecting asked(int connections, int inFlight) {
        return new Connecting(
                connections == 0 ? Optional.empty() : Optional.of(connections),
                inFlight == 0 ? Optional.empty() : Optional.of(inFlight),
                1,
                Optional.empty(),
                Duration.ofSeconds(1),
                Optional.empty());
    }

    @Test
    void aClosedLoopHasExactlyItsConcurrency() {
        for (Protocol protocol : Protocol.values()) {
            for (int concurrency = 1; concurrency < 600; concurrency++) {
                Places places = Places.closed(concurrency, protocol, asked(0, 0));
                assertThat(places.connections() * places.streams() * places.inFlight())
                        .as("%s %d", protocol, concurrency)
                        .isEqualTo(concurrency);
            }
        }
    }

    @Test
    void grpcSharesSomeConnections() {
        assertThat(Places.closed(64, Protocol.GRPC_UNARY, asked(0, 0))).isEqualTo(new Places(16, 4, 1));
        assertThat(Places.closed(64, Protocol.GRPC_STREAM, asked(8, 0))).isEqualTo(new Places(8, 1, 8));
        assertThat(Places.closed(13, Protocol.GRPC_UNARY, asked(0, 0))).isEqualTo(new Places(13, 1, 1));
        assertThat(Places.open(Protocol.GRPC_UNARY, asked(0, 0))).isEqualTo(new Places(16, 64, 1));
        assertThat(Places.open(Protocol.GRPC_UNARY, asked(3, 0))).isEqualTo(new Places(3, 342, 1));
        assertThat(Places.open(Protocol.GRPC_UNARY, asked(4, 256))).isEqualTo(new Places(4, 64, 1));
    }

    @Test
    void httpHasAConnectionForEachRequest() {
        assertThat(Places.closed(64, Protocol.HTTP, asked(0, 0))).isEqualTo(new Places(64, 1, 1));
        assertThat(Places.open(Protocol.HTTP, asked(0, 0))).isEqualTo(new Places(128, 1, 1));
        assertThat(Places.open(Protocol.HTTP, asked(10, 0))).isEqualTo(new Places(10, 1, 1));
        assertThat(Places.open(Protocol.HTTP, asked(0, 10))).isEqualTo(new Places(10, 1, 1));
    }

    @Test
    void connectionsThatCannotCarryItAreRefused() {
        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> Places.closed(10, Protocol.GRPC_UNARY, asked(4, 0)))
                .withMessage("connections: 4 (expected: a divisor of concurrency 10)");
        assertThatExceptionOfType(ScenarioError.class)
                .isThrownBy(() -> Places.closed(10, Protocol.HTTP, asked(4, 0)))
                .withMessage("connections: 4 (expected: 10, as HTTP carries one request at a time on each and there is"
                        + " concurrency 10)");
    }
}
