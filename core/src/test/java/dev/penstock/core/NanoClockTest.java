package dev.penstock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class NanoClockTest {
    @Test
    void aPlatformThreadsOwnClockCountsItsWorkOnly() {
        NanoClock own = NanoClock.ofThisThread();
        long beginNanos = own.nanoTime();
        double sum = 0;
        for (int i = 0; i < 1_000_000; i++) {
            sum += Math.sqrt(i);
        }

        assertThat(sum).isPositive();
        assertThat(own).isNotSameAs(NanoClock.SYSTEM);
        assertThat(own.nanoTime() - beginNanos).isPositive();
    }

    /// The JVM does not know their processor time, and says so with a constant.
    @Test
    void aVirtualThreadHasNoneOfItsOwn() {
        CompletableFuture<NanoClock> seen = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> seen.complete(NanoClock.ofThisThread()));

        assertThat(seen.join()).isSameAs(NanoClock.SYSTEM);
    }
}
