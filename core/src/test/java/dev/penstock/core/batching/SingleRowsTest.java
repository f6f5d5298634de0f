package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.Device;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A model whose requests must not share a run still has the short way for those of one row.
@Timeout(150)
class SingleRowsTest {
    /// As if trying had found that batches gain nothing.
    private static final BatchingOrder ONE_ROW = new BatchingOrder(0, 1, 0, QueueLevels.ONE, false, true);

    private final ShapedModel model = new ShapedModel(3);
    private final AtomicInteger leases = new AtomicInteger();
    private final Batching engine = Batching.start(
            1,
            // Trial runs take no time on this clock.
            new InlineOrder(1, 2),
            new QueueBounds(16, Long.MAX_VALUE),
            () -> 7,
            (key, failure, rows, queueNanos, runNanos) -> {});
    private final LoadedModel loaded = engine.preparing(order -> model)
            .load(new ModelLoader.Order(model.key(), Path.of("shaped"), Device.CPU, engine.runners(), ONE_ROW, 1));

    @AfterEach
    void closeAll() {
        loaded.close();
        engine.close();
        assertThat(model.openRunners).hasValue(0);
        assertThat(model.forbidden).hasValue(0);
        assertThat(leases).hasValue(0);
    }

    @Test
    void doorsSeeALaneForOneRowThatLoopsMayRun() {
        FixedLane fixed = engine.fixedLane(loaded);

        assertThat(fixed).isNotNull();
        assertThat(fixed.maxRequestRows()).isEqualTo(1);
        assertThat(fixed.inline()).isNotNull();
        assertThat(loaded.remarks()).containsExactly("rows of [3]: not batched: as configured");
    }

    @Test
    void oneRowGoesToTheLaneAndRowsOfOneRequestShareARunBesideIt() throws Exception {
        ShapedModel.assertDoubled(offer(ShapedModel.tensor(1, 3, 1)), ShapedModel.tensor(1, 3, 1));
        assertThat(engine.usage().getFirst().rows()).isEqualTo(1);
        assertThat(model.aloneRows).isEmpty();

        ShapedModel.assertDoubled(offer(ShapedModel.tensor(5, 3, 1)), ShapedModel.tensor(5, 3, 1));
        assertThat(engine.usage().getFirst().rows()).isEqualTo(1);
        assertThat(model.aloneRows).containsExactly(5L);
    }

    @Test
    void aDoorCannotHaveTheRowsOfOneRequestTornApart() {
        FixedLane fixed = engine.fixedLane(loaded);
        assertThat(fixed).isNotNull();
        VersionRows version = new VersionRows(
                new CountedVersion(fixed.model()), fixed, (key, failure, rows, queueNanos, runNanos) -> {}, () -> 7);

        assertThat(version.offer(FloatsCall.of(1, 2), 0, null)).isEqualTo(Offer.TOO_MANY_ROWS);
    }

    private RecordedOutcome offer(Tensor tensor) {
        RecordedOutcome outcome = new RecordedOutcome();
        leases.incrementAndGet();
        InferenceRequest request =
                new InferenceRequest("shaped", "", "", List.of(tensor), List.of(), InferenceRequest.NO_DEADLINE);
        assertThat(engine.offer(new Pending(request, new ShapedModel.Leased(loaded, leases), outcome, 1, 7)))
                .isEqualTo(Offer.TAKEN);
        return outcome;
    }
}
