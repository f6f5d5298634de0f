package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Threads lease, use and give back a version while another retires it, over and over.
final class LoadedVersionStressTest {
    private static final long SEED = 20_240_229;
    private static final int ROUNDS = 20_000;
    private static final int USERS = 3;
    private static final Signature NOTHING = new Signature(List.of(), List.of(), 0);

    @Test
    @Timeout(400)
    void noModelIsUsedAfterItWasClosedAndEachIsClosedOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(USERS);
                ExecutorService closer = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("closer").factory())) {
            Random random = new Random(SEED);
            int uses = 0;
            for (int i = 0; i < ROUNDS; i++) {
                FakeModel model = new FakeModel(new ModelKey("m", i + 1), NOTHING);
                uses += round(i, new LoadedVersion(model, NOTHING, closer), threads, random);

                assertThat(model.closings()).as("round %d of seed %d", i, SEED).isOne();
                assertThat(model.closingThread()).isEqualTo("closer");
            }
            assertThat(uses).as("uses with seed %d", SEED).isGreaterThanOrEqualTo(ROUNDS / 2);
        }
    }

    /// In every other round the version is retired only when somebody has used it, else at any moment,
    /// perhaps before.
    private static int round(int number, LoadedVersion version, ExecutorService threads, Random random)
            throws Exception {
        CyclicBarrier start = new CyclicBarrier(USERS + 1);
        CountDownLatch used = new CountDownLatch(number % 2);
        List<Future<Integer>> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            int attempts = 1 + random.nextInt(20);
            users.add(threads.submit(() -> {
                start.await();
                return use(version, attempts, used);
            }));
        }
        int patience = random.nextInt(200);
        start.await();
        used.await();
        for (int i = 0; i < patience; i++) {
            Thread.onSpinWait();
        }
        version.retire();
        int uses = 0;
        for (Future<Integer> user : users) {
            uses += user.get();
        }
        version.closed().get(120, TimeUnit.SECONDS);
        try (@Nullable Lease late = version.tryLease()) {
            assertThat(late).isNull();
        }
        return uses;
    }

    /// The fake refuses a runner once it is closed, so a use too late fails the round.
    private static int use(LoadedVersion version, int attempts, CountDownLatch used) {
        for (int uses = 0; uses < attempts; uses++) {
            try (@Nullable Lease lease = version.tryLease()) {
                if (lease == null) {
                    return uses;
                }
                lease.model().runner(0);
                Thread.onSpinWait();
                lease.model().runner(0);
                used.countDown();
            }
        }
        return attempts;
    }
}
