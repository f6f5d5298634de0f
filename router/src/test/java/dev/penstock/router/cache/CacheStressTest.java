package dev.penstock.router.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.batching.Batcher;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import dev.penstock.router.cache.Bench.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many threads at once, with a batcher that answers on threads of its own.
@Timeout(240)
class CacheStressTest {
    private static final int THREADS = 8;

    private final Bench bench = Bench.standard();

    @RepeatedTest(50)
    void identicalRequestsOfManyThreadsRunOnce() throws Exception {
        CachedVersion version = bench.version(1);
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        ConcurrentLinkedQueue<Caller> callers = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                awaitStart(start);
                callers.add(bench.ask(version, Bench.request("a"), answeringElsewhere(runs)));
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        for (Caller caller : callers) {
            assertThat(caller.answer.get(120, TimeUnit.SECONDS)).isEqualTo("a by run 1");
        }
        assertThat(callers).hasSize(THREADS);
        assertThat(runs).hasValue(1);
        CacheUsage usage = bench.usage();
        assertThat(usage.hits() + usage.joined()).isEqualTo(THREADS - 1);
        assertThat(bench.leases).hasValue(0);
        bench.close();
    }

    @Test
    void versionsComeAndGoUnderLoad() throws Exception {
        AtomicReference<CachedVersion> current = new AtomicReference<>(bench.version(1));
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger answered = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            int seed = i;
            Thread.ofPlatform().start(() -> {
                for (int ask = 0; ask < 5_000; ask++) {
                    CachedVersion version = current.get();
                    Caller caller =
                            bench.ask(version, Bench.request("r" + (ask * 7 + seed) % 50), answeringAs(version.key()));
                    String outcome = caller.answer.join();
                    wrong.addAndGet(outcome.endsWith(" of " + version.key()) ? 0 : 1);
                    answered.incrementAndGet();
                }
                done.countDown();
            });
        }
        long number = 1;
        while (!done.await(1, TimeUnit.MILLISECONDS)) {
            CachedVersion next = bench.version(++number);
            CachedVersion before = current.getAndSet(next);
            before.close();
            assertThat(before.cache().entries()).isLessThanOrEqualTo(THREADS);
        }

        assertThat(answered).hasValue(THREADS * 5_000);
        assertThat(wrong).hasValue(0);
        assertThat(bench.leases).hasValue(0);
        assertThat(bench.caches.usage()).extracting(CacheUsage::key).containsExactly(new ModelKey("m", number));
        bench.close();
    }

    private static void awaitStart(CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Batcher answeringElsewhere(AtomicInteger runs) {
        return pending -> {
            String text = Bench.text(pending.request().inputs().getFirst()) + " by run " + runs.incrementAndGet();
            Thread.ofVirtual().start(() -> answer(pending, text));
            return Offer.TAKEN;
        };
    }

    private static Batcher answeringAs(ModelKey key) {
        return pending -> {
            String text = Bench.text(pending.request().inputs().getFirst()) + " of " + key;
            Thread.ofVirtual().start(() -> answer(pending, text));
            return Offer.TAKEN;
        };
    }

    private static void answer(Pending pending, String text) {
        pending.lease().close();
        pending.sink().reply(new InferenceReply(new ModelKey("m", 1), List.of(Bench.tensor("y", text))));
    }
}
