package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    /// What one user did in one round.
    private record Round(int uses, boolean refused) {}

    @Test
    @Timeout(120)
    void noModelIsUsedAfterItWasClosedAndEachIsClosedOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(USERS);
                ExecutorService closer = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("closer").factory())) {
            Random random = new Random(SEED);
            int uses = 0;
            int refusals = 0;
            for (int i = 0; i < ROUNDS; i++) {
                FakeModel model = new FakeModel(new ModelKey("m", i + 1), NOTHING);
                List<Round> rounds = round(new LoadedVersion(model, NOTHING, closer), threads, random);

                assertThat(model.closings()).as("round %d of seed %d", i, SEED).isOne();
                assertThat(model.closingThread()).isEqualTo("closer");
                uses += rounds.stream().mapToInt(Round::uses).sum();
                refusals += (int) rounds.stream().filter(Round::refused).count();
            }
            // Otherwise the threads never met, and nothing was tried.
            assertThat(uses).as("uses with seed %d", SEED).isGreaterThan(ROUNDS / 10);
            assertThat(refusals).as("refusals with seed %d", SEED).isGreaterThan(ROUNDS / 10);
        }
    }

    private static List<Round> round(LoadedVersion version, ExecutorService threads, Random random) throws Exception {
        CyclicBarrier start = new CyclicBarrier(USERS + 1);
        List<Future<Round>> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            int attempts = 1 + random.nextInt(20);
            users.add(threads.submit(() -> {
                start.await();
                return use(version, attempts);
            }));
        }
        int patience = random.nextInt(200);
        start.await();
        for (int i = 0; i < patience; i++) {
            Thread.onSpinWait();
        }
        version.retire();
        List<Round> rounds = new ArrayList<>();
        for (Future<Round> user : users) {
            rounds.add(user.get());
        }
        version.closed().get(30, TimeUnit.SECONDS);
        return rounds;
    }

    /// The fake refuses a runner once it is closed, so a use too late fails the round.
    private static Round use(LoadedVersion version, int attempts) {
        for (int i = 0; i < attempts; i++) {
            try (@Nullable Lease lease = version.tryLease()) {
                if (lease == null) {
                    return new Round(i, true);
                }
                lease.model().runner(0);
                Thread.onSpinWait();
                lease.model().runner(0);
            }
        }
        return new Round(attempts, false);
    }
}
