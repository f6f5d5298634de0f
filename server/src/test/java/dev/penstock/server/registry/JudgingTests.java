package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.gate.Candidate;
import dev.penstock.server.store.GateRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// What tests of judging begin with: a gate that thinks about one version until the test lets it.
abstract class JudgingTests extends RecordedTests {
    final SlowGate slow = new SlowGate("m/2");

    /// Thinks about one version until the test lets it.
    static final class SlowGate {
        private final String about;
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch open = new CountDownLatch(1);
        final AtomicInteger asked = new AtomicInteger();

        SlowGate(String about) {
            this.about = about;
        }

        List<GateRecord> judge(Candidate candidate) {
            if (candidate.key().toString().equals(about)) {
                asked.incrementAndGet();
                reached.countDown();
                await(open);
            }
            return List.of();
        }
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    CompletableFuture<Registration> slowly(RecordedRegistry running, String... aliases) {
        world.gates = (candidate, before) -> slow.judge(candidate);
        CompletableFuture<Registration> judged = OwnThreads.call(() -> running.register("m", 0, TWO, aliases));
        await(slow.reached);
        return judged;
    }

    static boolean waitsForOthers(Thread thread) {
        return Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(OneByOne.class.getName()))
                && thread.getState() == Thread.State.WAITING;
    }
}
