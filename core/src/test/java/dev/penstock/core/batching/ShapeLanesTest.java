package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.QueuePolicy;
import dev.penstock.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Lanes of a model whose rows have many shapes: made, used, dropped and made again.
@Timeout(240)
class ShapeLanesTest {
    private static final int MAX_ROWS = 4;

    /// Measures nothing, so that no verdict depends on the moment.
    private static final BatchingOrder FOUR_ROWS = new BatchingOrder(
            0, MAX_ROWS, 0, new QueueLevels(List.of(new QueuePolicy(256, 0, false, true)), 1), false, true);

    private static final long MUCH = 1L << 40;

    private final AtomicLong nowNanos = new AtomicLong();
    private final Workers workers = Workers.start(2, nowNanos::get);
    private final LaneMaker maker = new LaneMaker(workers, InlineOrder.NONE, nowNanos::get);
    private final ShapedModel model = new ShapedModel();
    private final AtomicInteger leases = new AtomicInteger();

    @AfterEach
    void closeAll() {
        maker.close();
        workers.close();
    }

    @Test
    void theLeastRecentlyUsedLaneIsDroppedForAnother() throws Exception {
        ServedModel served = served(new LaneRoom(2, MUCH, MUCH, 1024, 0));
        use(served, 1, 10);
        use(served, 2, 20);
        use(served, 1, 30);
        assertThat(model.openShapes).containsExactlyInAnyOrder(1L, 2L);

        use(served, 3, 40);
        assertThat(model.openShapes).containsExactlyInAnyOrder(1L, 3L);
        assertThat(served.remarks())
                .filteredOn(remark -> remark.startsWith("rows of"))
                .hasSize(2);

        use(served, 2, 50);
        assertThat(model.openShapes).as("remade").containsExactlyInAnyOrder(2L, 3L);
        assertThat(served.usage().rows()).as("counted on over all lanes").isPositive();
        close(served);
    }

    @Test
    void lanesAreDroppedWhenTheirMemoryWouldBeTooMuch() throws Exception {
        // Two runners of 4 rows of 2,000 floats in and twice out, and the places of a ring: 225 KB.
        ServedModel served = served(new LaneRoom(64, 500_000, MUCH, 1024, 0));
        use(served, 2000, 10);
        use(served, 2001, 20);
        assertThat(model.openShapes).hasSize(2);

        use(served, 2002, 30);
        assertThat(model.openShapes).containsExactlyInAnyOrder(2001L, 2002L);

        use(served, 10_000, 40);
        assertThat(model.openShapes).as("one that never fits takes no room").containsExactlyInAnyOrder(2001L, 2002L);
        assertThat(served.remarks()).anyMatch(remark -> remark.contains("a lane would take"));
        close(served);
    }

    @Test
    void replacingTakesOnlyItsShareOfTheTime() throws Exception {
        model.whenTried = () -> nowNanos.addAndGet(100);
        ServedModel served = served(new LaneRoom(1, MUCH, MUCH, 1024, 9));
        use(served, 1, nowNanos.get());
        use(served, 2, nowNanos.get());
        assertThat(model.openShapes).containsExactly(2L);

        nowNanos.addAndGet(899);
        use(served, 3, nowNanos.get());
        assertThat(model.openShapes).as("too soon").containsExactly(2L);

        nowNanos.addAndGet(1);
        use(served, 3, nowNanos.get());
        assertThat(model.openShapes).containsExactly(3L);
        close(served);
    }

    @Test
    void whatWaitsInADroppedLaneIsRunAndWhoComesLaterRunsElsewhere() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        ServedModel served = served(new LaneRoom(1, MUCH, MUCH, 1024, 0));
        use(served, 1, 10);
        model.whenRun = () -> {
            begun.release();
            mayEnd.acquireUninterruptibly();
        };
        List<RecordedOutcome> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(offer(served, ShapedModel.tensor(1, 1, i), 20));
        }
        begun.acquire(2);
        offer(served, ShapedModel.tensor(1, 2, 7), 30);
        while (served.remarks().stream().noneMatch(remark -> remark.contains("[2]"))) {
            Thread.onSpinWait();
        }
        // The maker waits for the lane of the first shape, both workers for this test.
        RecordedOutcome late = offer(served, ShapedModel.tensor(1, 1, 100), 40);
        assertThat(model.openShapes).containsExactlyInAnyOrder(1L, 2L);
        assertThat(late.reply).isNotDone();

        mayEnd.release(1000);
        for (int i = 0; i < waiting.size(); i++) {
            ShapedModel.assertDoubled(waiting.get(i), ShapedModel.tensor(1, 1, i));
        }
        ShapedModel.assertDoubled(late, ShapedModel.tensor(1, 1, 100));
        awaitMaker();
        close(served);
    }

    @Test
    void aShapeThatCannotBeTriedRunsAlone() throws Exception {
        model.whenTried = () -> {
            throw new OutOfMemoryError("no memory for a lane (this is a test)");
        };
        ServedModel served = served(new LaneRoom(1, MUCH, MUCH, 1024, 0));
        use(served, 1, 10);
        ShapedModel.assertDoubled(offer(served, ShapedModel.tensor(2, 1, 3), 20), ShapedModel.tensor(2, 1, 3));
        assertThat(served.remarks()).anyMatch(remark -> remark.contains("no memory for a lane"));

        model.whenTried = () -> {};
        use(served, 2, 30);
        use(served, 1, 40);
        assertThat(model.openShapes).as("tried again once it was dropped").containsExactly(1L);
        close(served);
    }

    @Test
    void unloadingWaitsForALaneThatIsBeingMade() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        model.whenTried = () -> {
            begun.release();
            mayEnd.acquireUninterruptibly();
        };
        ServedModel served = served(new LaneRoom(8, MUCH, MUCH, 1024, 0));
        ShapedModel.assertDoubled(offer(served, ShapedModel.tensor(1, 1, 1), 10), ShapedModel.tensor(1, 1, 1));
        ShapedModel.assertDoubled(offer(served, ShapedModel.tensor(1, 2, 1), 10), ShapedModel.tensor(1, 2, 1));
        begun.acquire();
        Thread closer = Thread.ofPlatform().start(served::close);
        mayEnd.release(2);
        closer.join();
        awaitMaker();

        assertThat(model.openRunners).hasValue(0);
        assertThat(model.forbidden).hasValue(0);
        assertThat(model.trials).as("begun, or both if closing came late").hasValueBetween(1, 2);
    }

    /// Many threads, many more shapes than lanes: whatever is dropped meanwhile, everybody is answered once
    /// and right.
    @Test
    void everyRequestGetsItsOneAnswerWhileLanesComeAndGo() throws Exception {
        int clients = 6;
        int shapes = 24;
        ServedModel served = served(new LaneRoom(4, 200_000, MUCH, 1024, 0));
        AtomicInteger running = new AtomicInteger(clients);
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            List<Future<?>> done = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                Random random = new Random(client);
                done.add(threads.submit(() -> {
                    // On until lanes were replaced often, however slow the machine is.
                    for (int round = 0; round < 50 || model.trials.get() < 5 * shapes; round++) {
                        round(served, random, shapes);
                    }
                    running.decrementAndGet();
                    return null;
                }));
            }
            for (Future<?> client : done) {
                client.get();
            }
        }
        assertThat(running).hasValue(0);
        assertThat(leases).hasValue(0);
        awaitMaker();
        assertThat(model.openShapes).hasSizeLessThanOrEqualTo(4);
        assertThat(served.usage().rows()).as("rows that ran in lanes").isPositive();
        assertThat(served.queued()).isZero();
        close(served);
    }

    /// Some requests of one shape, whose answers come together or not.
    private void round(ServedModel served, Random random, int shapes) throws Exception {
        int length = 1 + random.nextInt(shapes);
        List<Tensor> sent = new ArrayList<>();
        List<RecordedOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Tensor tensor = ShapedModel.tensor(1 + random.nextInt(2 * MAX_ROWS), length, random.nextInt(1000));
            RecordedOutcome outcome = new RecordedOutcome();
            if (tryOffer(served, tensor, nowNanos.incrementAndGet(), outcome) == Offer.TAKEN) {
                sent.add(tensor);
                outcomes.add(outcome);
            }
        }
        for (int i = 0; i < sent.size(); i++) {
            ShapedModel.assertDoubled(outcomes.get(i), sent.get(i));
        }
    }

    private ServedModel served(LaneRoom room) {
        SoloQueue solo = workers.newSoloQueue(
                new QueueBounds(1000, Long.MAX_VALUE),
                QueueLevels.ONE,
                1,
                (key, failure, rows, queueNanos, runNanos) -> {});
        ServedModel served = new ServedModel(
                model, FOUR_ROWS, maker, room, solo, (key, failure, rows, queueNanos, runNanos) -> {}, gone -> {});
        served.prepare();
        return served;
    }

    private void close(ServedModel served) {
        served.close();
        assertThat(model.openRunners).as("runners not given back").hasValue(0);
        assertThat(model.forbidden).as("runs of what was closed").hasValue(0);
        assertThat(leases).hasValue(0);
    }

    /// One request of that shape, and what it sets off.
    private void use(ServedModel served, int length, long arrivedNanos) throws Exception {
        Tensor tensor = ShapedModel.tensor(1, length, 1);
        ShapedModel.assertDoubled(offer(served, tensor, arrivedNanos), tensor);
        awaitMaker();
        nowNanos.accumulateAndGet(arrivedNanos, Math::max);
        ShapedModel.assertDoubled(offer(served, tensor, arrivedNanos), tensor);
    }

    private RecordedOutcome offer(ServedModel served, Tensor tensor, long arrivedNanos) {
        RecordedOutcome outcome = new RecordedOutcome();
        assertThat(tryOffer(served, tensor, arrivedNanos, outcome)).isEqualTo(Offer.TAKEN);
        return outcome;
    }

    private Offer tryOffer(ServedModel served, Tensor tensor, long arrivedNanos, RecordedOutcome outcome) {
        InferenceRequest request =
                new InferenceRequest("shaped", "", "", List.of(tensor), List.of(), InferenceRequest.NO_DEADLINE);
        leases.incrementAndGet();
        Offer answer =
                served.offer(new Pending(request, new ShapedModel.Leased(served, leases), outcome, 1, arrivedNanos));
        if (answer != Offer.TAKEN) {
            leases.decrementAndGet();
        }
        return answer;
    }

    /// What it was asked for by now is done.
    private void awaitMaker() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        while (!maker.later(() -> done.complete(null))) {
            Thread.onSpinWait();
        }
        done.join();
    }
}
