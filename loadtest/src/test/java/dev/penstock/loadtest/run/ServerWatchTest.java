package dev.penstock.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.loadtest.target.ServerStatistics;
import dev.penstock.loadtest.target.ServerStatistics.Counts;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class ServerWatchTest {
    private final AtomicLong cpu = new AtomicLong(1000);
    private final AtomicLong asked = new AtomicLong();
    private final CountDownLatch answering = new CountDownLatch(1);
    private final ServerWatch watch = new ServerWatch(() -> OptionalLong.of(cpu.get()), this::answer);

    /// Has a server do work and wait.
    private Optional<Counts> answer() {
        long questions = asked.incrementAndGet();
        try {
            answering.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.of(new Counts(questions, 0, 0, 0, 0, 0, Map.of()));
    }

    @Test
    void cpuTimeIsReadAtOnceAndNobodyWaitsForTheServersAnswers() {
        watch.begin();
        cpu.set(5000);
        watch.end();
        cpu.set(9000);
        answering.countDown();

        ServerStatistics before = Objects.requireNonNull(watch.before());
        ServerStatistics after = Objects.requireNonNull(watch.after());

        assertThat(before.cpuNanos()).hasValue(1000);
        assertThat(after.cpuNanos()).hasValue(5000);
        assertThat(before.counts().orElseThrow().queued()).isEqualTo(1);
        assertThat(after.counts().orElseThrow().queued()).isEqualTo(2);
    }

    @Test
    void whatWasNotMeasuredIsNotKnown() {
        assertThat(watch.before()).isNull();
        assertThat(watch.after()).isNull();
        assertThat(asked).hasValue(0);
    }
}
