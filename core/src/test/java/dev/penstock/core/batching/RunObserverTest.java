package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import dev.penstock.core.RunObserver;
import dev.penstock.core.RunRows;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(150)
class RunObserverTest {
    private final Seen seen = new Seen();
    private final Workers workers = Workers.start(1, NanoClock.SYSTEM);
    private final FakeBatchModel model = FakeBatchModel.withOutputs(8, 2, 1);
    private final Lane lane = workers.newLane(
            model, LaneSettings.of(8, 16), true, new LaneShared(new LaneStats(), QueueBytes.unbounded(), seen));

    @AfterEach
    void close() {
        lane.close().join();
        workers.close();
    }

    /// What an observer was shown, as "writer: input -> output".
    private static final class Seen implements RunObserver {
        final List<String> runs = Collections.synchronizedList(new ArrayList<>());
        final CompletableFuture<Void> closed = new CompletableFuture<>();

        @Override
        public void ran(int writer, RunRows run) {
            List<Float> in = new ArrayList<>();
            List<Float> out = new ArrayList<>();
            for (int row = 0; row < run.rows(); row++) {
                in.add(read(run, 0, row));
                out.add(read(run, 1, row));
            }
            runs.add(writer + ": " + in + " -> " + out);
        }

        private static float read(RunRows run, int tensor, int row) {
            long at = run.offset(tensor) + row * run.rowBytes(tensor);
            return run.memory(tensor).get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at);
        }

        @Override
        public void close() {
            closed.complete(null);
        }
    }

    @Test
    void aBatchIsSeenWithItsInputsAndItsOutputsAreGivenBack() throws Exception {
        FloatsCall call = offer(FloatsCall.of(1, 2));

        assertThat(call.answer.get()).containsExactly(2, 4);
        // What is seen of a batch is seen before its worker runs anything else.
        assertThat(offer(FloatsCall.of(3)).answer.get()).containsExactly(6);
        lane.close().join();
        assertThat(seen.runs).containsExactly("0: [1.0, 2.0] -> [2.0, 4.0]", "0: [3.0] -> [6.0]");
        assertThat(model.unreleased).hasValue(0);
    }

    @Test
    void ofABatchThatFailsOnlyWhatRanWellIsSeen() throws Exception {
        CompletableFuture<Void> all = new CompletableFuture<>();
        model.whenRun = all::join;
        FloatsCall first = offer(FloatsCall.of(1));
        FloatsCall bad = offer(FloatsCall.of(Float.NaN));
        FloatsCall good = offer(FloatsCall.of(2));
        all.complete(null);

        assertThat(first.answer.get()).containsExactly(2);
        assertThat(good.answer.get()).containsExactly(4);
        assertThat(bad.answer).failsWithin(120, TimeUnit.SECONDS);
        lane.close().join();
        assertThat(seen.runs).containsExactly("0: [1.0] -> [2.0]", "0: [2.0] -> [4.0]");
        assertThat(model.unreleased).hasValue(0);
    }

    @Test
    void aRunOnAnEventLoopIsSeenAsThatRunners() throws Exception {
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        LaneMaker maker = new LaneMaker(workers, new InlineOrder(2, 1), NanoClock.SYSTEM);
        InlineLoop loop = new InlineLoop(1, tasks::add, NanoClock.SYSTEM);
        BatchPlan plan = new BatchPlan(8, List.of(new BatchPlan.Bucket(1, 1), new BatchPlan.Bucket(8, 1)), 0, "");
        InlineVersion inline = new InlineVersion(maker, model, lane, plan, workers.size(), 2);
        CountedVersion handle = new CountedVersion(model);
        VersionRows version = new VersionRows(
                handle, new FixedLane(lane, model, inline, false), (key, why, rows, queue, run) -> {}, () -> 0);
        assertThat(inline.batch(loop)).isNull();
        CompletableFuture<Void> made = new CompletableFuture<>();
        assertThat(maker.later(() -> made.complete(null))).isTrue();
        made.join();
        maker.close();

        FloatsCall one = FloatsCall.of(1);
        FloatsCall two = FloatsCall.of(2, 3);
        assertThat(version.offer(one, 0, loop)).isEqualTo(Offer.TAKEN);
        assertThat(version.offer(two, 0, loop)).isEqualTo(Offer.TAKEN);
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
        }

        assertThat(two.answer.get()).containsExactly(4, 6);
        assertThat(seen.runs).containsExactly("2: [1.0, 2.0, 3.0] -> [2.0, 4.0, 6.0]");
        assertThat(handle.leases()).isZero();
        assertThat(model.unreleased).hasValue(0);
    }

    @Test
    void aRequestThatRunsAloneIsSeenBeforeItsAnswerAndTheObserverIsClosedWithTheModel() {
        FakeModel fake = new FakeModel(inputs -> List.of(tensor("y", 5, 6)));
        Batching engine = Batching.start(
                1,
                InlineOrder.NONE,
                new QueueBounds(8, Long.MAX_VALUE),
                NanoClock.SYSTEM,
                (key, why, rows, queue, run) -> {},
                (key, signature, writers, watching) -> new RunObserver() {
                    @Override
                    public void ran(int writer, RunRows run) {
                        seen.runs.add(writer + ": " + run.rows() + " rows of " + run.rowBytes(0) + " bytes");
                    }

                    @Override
                    public void close() {
                        seen.close();
                    }
                });
        VersionHandle.Lease lease = fake.leaseOn(engine);
        RecordedOutcome outcome = new RecordedOutcome();
        InferenceRequest request = new InferenceRequest(
                "fake", "", "", List.of(tensor("x", 1, 2)), List.of(), InferenceRequest.NO_DEADLINE);
        assertThat(engine.offer(new Pending(request, lease, outcome, 2, 0))).isEqualTo(Offer.TAKEN);
        assertThat(outcome.reply.join().outputs()).hasSize(1);

        assertThat(seen.runs).containsExactly("0: 2 rows of 4 bytes");
        lease.model().close();
        assertThat(seen.closed).isDone();
        engine.close();
    }

    @Test
    void whatAnswersHaveNoRowsForIsAbsent() {
        TensorSpec x = TensorSpec.of("x", DataType.FP32, -1);
        TensorSpec y = TensorSpec.of("y", DataType.FP32, -1);
        Signature signature = new Signature(List.of(x), List.of(y, TensorSpec.of("z", DataType.BYTES, -1)), 0);
        Tensor texts = new Tensor("z", DataType.BYTES, Shape.of(2), data(8));

        SoloRows rows = new SoloRows(signature, List.of(), List.of(texts, tensor("y", 1, 2, 3)), 2);

        assertThat(rows.rowBytes(0)).isEqualTo(RunRows.ABSENT);
        assertThat(rows.rowBytes(1)).isEqualTo(RunRows.ABSENT);
        assertThat(rows.rowBytes(2)).isEqualTo(RunRows.VARIES);
        assertThat(new SoloRows(signature, List.of(), List.of(tensor("y", 1, 2, 3)), 3).rowBytes(1))
                .isEqualTo(Float.BYTES);
        assertThat(new SoloRows(signature, List.of(), List.of(tensor("y", 1, 2, 3)), 1).rowBytes(1))
                .isEqualTo(3 * Float.BYTES);
    }

    private static Tensor tensor(String name, float... values) {
        ByteBuffer data = data(values.length * Float.BYTES);
        for (int i = 0; i < values.length; i++) {
            data.putFloat(i * Float.BYTES, values[i]);
        }
        return new Tensor(name, DataType.FP32, Shape.of(values.length), data);
    }

    private static ByteBuffer data(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private FloatsCall offer(FloatsCall call) {
        assertThat(lane.offer(call, 0, 0)).isEqualTo(Offer.TAKEN);
        return call;
    }
}
