package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.batching.BatchPlan.Bucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Versions come and go while event loops and workers run them: nothing runs in a closed one, nothing is lost.
@Timeout(240)
class InlineUnloadTest {
    private static final long SEED = 23;
    private static final int LOOPS = 2;
    private static final int VERSIONS = 40;
    private static final int MOST_VERSIONS = 50 * VERSIONS;
    private static final int CALLS_PER_VERSION = 300;
    private static final int MOST_ROWS = 8;

    private final Workers workers = Workers.start(2, NanoClock.SYSTEM);
    private final LaneMaker maker = new LaneMaker(workers, new InlineOrder(LOOPS, 1), NanoClock.SYSTEM);
    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final ConcurrentLinkedQueue<FloatsCall> keeping = new ConcurrentLinkedQueue<>();
    private volatile Loaded current = new Loaded();

    @AfterEach
    void closeAll() {
        threads.forEach(ExecutorService::shutdownNow);
        maker.close();
        workers.close();
    }

    @Test
    void unloadingUnderLoadWaitsForTheLoopsAndLosesNothing() throws Exception {
        for (int i = 0; i < LOOPS; i++) {
            ExecutorService thread = Executors.newSingleThreadExecutor();
            threads.add(thread);
            clients.add(new Client(thread, new InlineLoop(i, thread, NanoClock.SYSTEM), new Random(SEED + i)));
        }
        // Else it might be that no version lives long enough for a loop to run it.
        for (Client client : clients) {
            client.awaitRunner();
        }
        List<Loaded> gone = new ArrayList<>();
        // A machine that stalls may leave all of the first ones to the workers.
        for (int i = 0; i < VERSIONS || (inline(gone) == 0 && i < MOST_VERSIONS); i++) {
            List<Future<?>> turns = new ArrayList<>();
            for (Client client : clients) {
                turns.add(client.thread.submit(client::turns));
            }
            Loaded old = current;
            current = new Loaded();
            old.handle.retire();
            releaseKept();
            for (Future<?> turn : turns) {
                turn.get();
            }
            gone.add(old);
        }
        current.handle.retire();
        gone.add(current);
        for (Client client : clients) {
            // Behind the last turn's end.
            client.thread.submit(() -> {}).get();
        }
        for (Client client : clients) {
            client.assertOutcomes();
        }
        releaseKept();
        for (Loaded loaded : gone) {
            loaded.closed.get(120, TimeUnit.SECONDS);
            assertThat(loaded.model.forbiddenRuns).as("seed %d", SEED).hasValue(0);
            assertThat(loaded.model.unreleased).as("seed %d", SEED).hasValue(0);
            assertThat(loaded.handle.leases()).as("seed %d", SEED).isZero();
        }
        assertThat(inline(gone)).as("runs on event loops").isPositive();
    }

    private static long inline(List<Loaded> gone) {
        return gone.stream()
                .mapToLong(loaded -> loaded.lane.stats().closed(CloseReason.INLINE))
                .sum();
    }

    private void releaseKept() {
        FloatsCall call;
        while ((call = keeping.poll()) != null) {
            call.releaseKept();
        }
    }

    /// A version, whose model is closed as a registry would: when the last lease is back.
    private final class Loaded {
        final FakeBatchModel model = FakeBatchModel.withOutputs(MOST_ROWS, 2, workers.size());
        final CountedVersion handle = new CountedVersion(model);
        final Lane lane = workers.newLane(model, LaneSettings.of(MOST_ROWS, 1024), true);
        final InlineVersion inline = new InlineVersion(
                maker,
                model,
                lane,
                new BatchPlan(MOST_ROWS, List.of(new Bucket(1, 1), new Bucket(MOST_ROWS, 1)), 0, ""),
                workers.size(),
                LOOPS);
        final VersionRows rows = new VersionRows(
                handle,
                new FixedLane(lane, model, inline, false),
                (key, failure, count, queueNanos, runNanos) -> {},
                NanoClock.SYSTEM);
        final Future<Void> closed = handle.idle.thenRunAsync(this::close);

        private void close() {
            inline.close();
            lane.close().join();
            model.close();
        }
    }

    /// What one loop's connections send.
    private final class Client {
        private final ExecutorService thread;
        private final InlineLoop loop;
        private final Random random;
        private final List<FloatsCall> calls = new ArrayList<>();
        private final List<float[]> expected = new ArrayList<>();

        Client(ExecutorService thread, InlineLoop loop, Random random) {
            this.thread = thread;
            this.loop = loop;
            this.random = random;
        }

        /// Of the current version.
        void awaitRunner() throws Exception {
            while (thread.submit(() -> current.inline.batch(loop)).get() == null) {
                Thread.onSpinWait();
            }
        }

        /// Each task is a turn; its end comes behind it.
        void turns() {
            for (int sent = 0; sent < CALLS_PER_VERSION; sent += 10) {
                thread.execute(() -> {
                    for (int i = 0; i < 10; i++) {
                        send();
                    }
                });
            }
        }

        private void send() {
            float[] values = new float[1 + random.nextInt(MOST_ROWS / 2)];
            float[] doubled = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt(100) == 0 ? Float.NaN : random.nextInt(1000);
                doubled[i] = 2 * values[i];
            }
            FloatsCall call = FloatsCall.of(values);
            call.keeps = random.nextInt(20) == 0;
            if (call.keeps) {
                call.whenAnswered = () -> keeping.add(call);
            }
            Offer offer;
            do {
                offer = current.rows.offer(call, 0, loop);
            } while (offer == Offer.CLOSED);
            if (offer == Offer.TAKEN) {
                calls.add(call);
                expected.add(doubled);
            }
        }

        void assertOutcomes() throws Exception {
            for (int i = 0; i < calls.size(); i++) {
                float[] doubled = expected.get(i);
                boolean bad = false;
                for (float value : doubled) {
                    bad |= Float.isNaN(value);
                }
                // A worker may be waiting for outputs that somebody keeps.
                while (!calls.get(i).answer.isDone()) {
                    releaseKept();
                    Thread.onSpinWait();
                }
                if (bad) {
                    assertThat(calls.get(i).answer)
                            .failsWithin(Duration.ZERO)
                            .withThrowableThat()
                            .havingCause()
                            .isInstanceOfSatisfying(
                                    ServingException.class,
                                    cause -> assertThat(cause.code()).isEqualTo(ErrorCode.MODEL_FAILED));
                } else {
                    assertThat(calls.get(i).answer.get())
                            .as("request %d of seed %d", i, SEED)
                            .isEqualTo(doubled);
                }
            }
        }
    }
}
