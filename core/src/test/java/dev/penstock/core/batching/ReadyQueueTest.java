package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReadyQueueTest {
    private final ReadyQueue queue = new ReadyQueue();

    @Test
    void whatIsQueuedOftenLetsOthersInBetween() {
        Some often = new Some(1);
        Some once = new Some(1);
        queue.add(often);
        queue.add(often);
        queue.add(once);

        assertThat(queue.size()).isEqualTo(3);
        assertThat(queue.poll(2, 2)).isSameAs(often);
        assertThat(queue.poll(2, 2)).isSameAs(once);
        assertThat(queue.poll(2, 2)).isSameAs(often);
        assertThat(queue.poll(2, 2)).isNull();
        assertThat(queue.size()).isZero();
    }

    @Test
    void aRunThatFindsNoRoomIsPassedByThoseOfOneThreadAlone() {
        Some whole = new Some(4);
        Some pair = new Some(2);
        Some plain = new Some(1);
        queue.add(whole);
        queue.add(pair);
        queue.add(plain);

        assertThat(queue.poll(4, 2)).isSameAs(plain);
        assertThat(queue.poll(4, 2)).isNull();
        queue.add(plain);
        assertThat(queue.poll(4, 4)).isSameAs(whole);
        assertThat(queue.poll(4, 2)).isSameAs(pair);
        assertThat(queue.poll(4, 0)).isSameAs(plain);
    }

    @Test
    void queueingAllocatesNothing() {
        Some[] works = new Some[1000];
        Arrays.setAll(works, i -> new Some(1));
        pass(works);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long before = threads.getThreadAllocatedBytes(thread);
        long asked = threads.getThreadAllocatedBytes(thread) - before;
        pass(works);
        long passed = threads.getThreadAllocatedBytes(thread) - before - asked;

        assertThat(passed).as("bytes for %d turns", 2 * works.length).isLessThan(works.length);
    }

    private void pass(Some[] works) {
        for (Some work : works) {
            queue.add(work);
            queue.add(work);
        }
        for (int i = 0; i < 2 * works.length; i++) {
            queue.poll(2, 2);
        }
    }

    private static final class Some implements Work {
        @Override
        public long oldestArrivedNanos(long otherwise) {
            return otherwise;
        }

        @Override
        public long waitingBytes() {
            return 0;
        }

        private final ReadyQueue.Place place = new ReadyQueue.Place(this);
        private final int threads;

        Some(int threads) {
            this.threads = threads;
        }

        @Override
        public ReadyQueue.Place place() {
            return place;
        }

        @Override
        public void work(int worker) {}

        @Override
        public int threadsPerRun() {
            return threads;
        }

        @Override
        public boolean tick(long nowNanos) {
            return false;
        }
    }
}
