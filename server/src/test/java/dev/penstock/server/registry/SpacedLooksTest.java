package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SpacedLooksTest {
    private static final long PAUSE_NANOS = SpacedLooks.PAUSE.toNanos();

    private final AtomicLong nanos = new AtomicLong(Long.MIN_VALUE);
    private final Queue<Runnable> thread = new ArrayDeque<>();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final List<Duration> pauses = new ArrayList<>();
    private Runnable during = () -> {};
    private int seen;

    private final SpacedLooks looks = new SpacedLooks(thread::add, nanos::get, this::later, this::look);

    private void look() {
        seen++;
        during.run();
    }

    private void later(Duration after, Runnable task) {
        pauses.add(after);
        waiting.add(task);
    }

    @Test
    void itLooksOnceForAllAndNotBeforeAPause() {
        looks.soon();
        looks.soon();
        thread.remove().run();
        looks.looked();
        assertThat(seen).isOne();

        nanos.addAndGet(PAUSE_NANOS / 4);
        looks.soon();
        looks.soon();
        assertThat(thread).isEmpty();
        assertThat(pauses).containsExactly(Duration.ofNanos(PAUSE_NANOS - PAUSE_NANOS / 4));
        waiting.remove().run();
        thread.remove().run();
        looks.looked();
        assertThat(seen).isEqualTo(2);

        nanos.addAndGet(PAUSE_NANOS);
        looks.soon();
        thread.remove().run();
        assertThat(waiting).isEmpty();
        assertThat(seen).isEqualTo(3);
    }

    @Test
    void whatChangesWhileItLooksIsLookedAt() {
        during = looks::soon;
        looks.soon();
        thread.remove().run();
        during = () -> {};
        thread.remove().run();
        assertThat(seen).isEqualTo(2);
    }

    @Test
    void aThreadThatEndedLooksNoMore() {
        SpacedLooks late = new SpacedLooks(
                task -> {
                    throw new RejectedExecutionException("ended");
                },
                nanos::get,
                this::later,
                this::look);
        late.soon();
        assertThat(seen).isZero();
    }
}
