package dev.penstock.server.arms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ArmWatchTest {
    @Test
    void whoThrowsHoldsUpNobody() throws InterruptedException {
        CountDownLatch looked = new CountDownLatch(2);
        Runnable bad = () -> {
            throw new IllegalStateException("on purpose");
        };

        try (ArmWatch _ = new ArmWatch(List.of(bad, looked::countDown)).start()) {
            assertThat(looked.await(120, TimeUnit.SECONDS)).as("twice").isTrue();
        }
    }

    @Test
    void whatWasNeverStartedIsClosed() {
        CountDownLatch looked = new CountDownLatch(1);
        try (ArmWatch watch = new ArmWatch(List.of(looked::countDown))) {
            assertThat(looked.getCount()).isEqualTo(1);
            watch.tick();
        }
        assertThat(looked.getCount()).isZero();
    }
}
