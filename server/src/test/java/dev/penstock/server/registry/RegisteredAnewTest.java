package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.Registration;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A version that is deleted and registered anew while it is judged.
@Timeout(240)
class RegisteredAnewTest {
    @TempDir
    private Path root;

    @Test
    void whatWasJudgedBeforeDoesNotServeForIt() throws Exception {
        RecordedRegistry.World world = new RecordedRegistry.World(root);
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch judging = new CountDownLatch(1);
        CountDownLatch verdict = new CountDownLatch(1);
        world.gates = (candidate, before) -> {
            if (candidate.key().version() == 2) {
                asked.incrementAndGet();
                judging.countDown();
                await(verdict);
            }
            return List.of();
        };
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, RecordedRegistry.model(1), "stable");
            CompletableFuture<Registration> first = register(running);
            await(judging);
            FakeLoader.Gate gate = running.loader.gate(new ModelKey("m", 2));
            running.admin.delete("m", 2, "me");
            CompletableFuture<Registration> second = register(running);
            running.await(() -> running.admin.registered("m").versions().containsKey(2L));

            verdict.countDown();
            // Whoever comes first has judged what is registered now: one of both calls, or the server by
            // itself.
            gate.awaitReached();
            assertThat(running.ready("m")).as("until it is judged itself").containsExactly(1L);
            running.await(() -> running.loader.model("m", 2).closings() == 1);

            gate.open().countDown();
            running.await(() -> running.ready("m").contains(2L));
            assertThat(asked).hasValue(2);
            assertThat(ended(first)).isTrue();
            assertThat(ended(second)).isTrue();
        }
    }

    /// Whatever was said, an answer came.
    private static boolean ended(CompletableFuture<Registration> call) throws Exception {
        return call.handle((done, failure) -> true).get(120, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Registration> register(RecordedRegistry running) {
        return OwnThreads.call(() -> running.register("m", 2, RecordedRegistry.model(2)));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
