package dev.penstock.server.grpc.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GrpcTimeoutTest {
    @Test
    void readsEveryUnit() {
        assertThat(GrpcTimeout.nanos("5n")).isEqualTo(5);
        assertThat(GrpcTimeout.nanos("5u")).isEqualTo(5_000);
        assertThat(GrpcTimeout.nanos("5m")).isEqualTo(5_000_000);
        assertThat(GrpcTimeout.nanos("05S")).isEqualTo(TimeUnit.SECONDS.toNanos(5));
        assertThat(GrpcTimeout.nanos("5M")).isEqualTo(TimeUnit.MINUTES.toNanos(5));
        assertThat(GrpcTimeout.nanos("5H")).isEqualTo(TimeUnit.HOURS.toNanos(5));
        assertThat(GrpcTimeout.nanos("99999999H")).isEqualTo(GrpcTimeout.FOREVER_NANOS);
        assertThat(GrpcTimeout.nanos("99999999M")).isEqualTo(GrpcTimeout.FOREVER_NANOS);
    }

    @Test
    void refusesWhatIsNoTimeout() {
        for (String text : List.of("", "S", "5", "-5S", "5x", "123456789S", "1.5S", " 5S")) {
            assertThat(GrpcTimeout.nanos(text)).as("'%s'", text).isEqualTo(GrpcTimeout.MALFORMED);
        }
    }
}
