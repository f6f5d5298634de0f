package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.BatchPlan.Bucket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(150)
class InlineRunnerFailureTest {
    private final Workers workers = Workers.start(1, NanoClock.SYSTEM);
    private final LaneMaker maker = new LaneMaker(workers, new InlineOrder(1, 2), NanoClock.SYSTEM);
    private final FakeBatchModel model = FakeBatchModel.free(4);
    private final Lane lane = workers.newLane(model, LaneSettings.of(4, 64), true);
    private final InlineVersion inline = new InlineVersion(
            maker, model, lane, new BatchPlan(4, List.of(new Bucket(1, 1), new Bucket(4, 1)), 0, ""), 1, 1);

    @AfterEach
    void closeAll() {
        inline.close();
        lane.close().join();
        maker.close();
        workers.close();
    }

    @Test
    void aRunnerThatThereIsNoMemoryForLeavesItToTheWorkersAndTheMakerToOthers() throws Exception {
        VersionRows version = new VersionRows(
                new CountedVersion(model),
                new FixedLane(lane, model, inline, false),
                (key, failure, rows, queueNanos, runNanos) -> {},
                NanoClock.SYSTEM);
        InlineLoop loop = new InlineLoop(0, Runnable::run, NanoClock.SYSTEM);
        Thread before = maker();
        model.runnersToFail.set(1);
        assertThat(inline.batch(loop)).isNull();

        assertThat(maker()).as("it outlives the error").isSameAs(before);
        assertThat(model.runnersToFail).as("that the model threw").hasValue(0);
        FloatsCall call = FloatsCall.of(3);
        assertThat(version.offer(call, 0, loop)).isEqualTo(Offer.TAKEN);
        assertThat(call.answer.get()).containsExactly(6);
    }

    /// The maker's thread, once all that it was asked for is done.
    private Thread maker() {
        CompletableFuture<Thread> done = new CompletableFuture<>();
        assertThat(maker.later(() -> done.complete(Thread.currentThread()))).isTrue();
        return done.join();
    }
}
