package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.QueuePolicy;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How the lane of a model is made that is loaded.
@Timeout(150)
class LaneMakerTest {
    private static final BatchingOrder FOUR_ROWS = new BatchingOrder(0, 4, 0, QueueLevels.ONE, false, true);

    private final ShapedModel model = new ShapedModel(3);
    private final Batching engine = Batching.start(
            2,
            InlineOrder.NONE,
            new QueueBounds(16, Long.MAX_VALUE),
            () -> 7,
            (key, failure, rows, queueNanos, runNanos) -> {});

    @AfterEach
    void closeAll() {
        engine.close();
        assertThat(model.openRunners).hasValue(0);
        assertThat(model.forbidden).hasValue(0);
    }

    @Test
    void noMoreRowsAreTriedOrPromisedThanTheConfigurationAllows() {
        try (LoadedModel loaded = load(model, new BatchingOrder(8, 16, 0, QueueLevels.ONE, false, true))) {
            assertThat(loaded.remarks()).containsExactly("rows of [3]: batches of up to 8 rows: as configured");
        }
    }

    @Test
    void aRequestWithinTheConfiguredMaximumIsCutIntoPiecesHoweverLongItsRowsAre() throws Exception {
        // So long that without a promise there would be places for 64.
        int length = 40_000;
        try (ShapedModel longRows = new ShapedModel(length);
                LoadedModel loaded = load(longRows, new BatchingOrder(100, 2, 0, QueueLevels.ONE, false, true))) {
            assertAnswered(loaded, 100, length);
            assertThat(longRows.aloneRows).isEmpty();
        }
    }

    @Test
    void aRequestWithinTheConfiguredMaximumThatNoQueueHasRoomForRunsAlone() throws Exception {
        QueueLevels few = new QueueLevels(List.of(new QueuePolicy(4, 0, false, true)), 1);
        try (LoadedModel loaded = load(model, new BatchingOrder(200, 2, 0, few, false, true))) {
            assertAnswered(loaded, 4, 3);
            assertThat(model.aloneRows).isEmpty();
            assertAnswered(loaded, 5, 3);
            assertThat(model.aloneRows).containsExactly(5L);
            assertThat(offer(loaded, ShapedModel.tensor(201, 3, 1), new RecordedOutcome()))
                    .as("nobody promised so many")
                    .isEqualTo(Offer.TOO_MANY_ROWS);
        }
    }

    @Test
    void aModelIsWarmedUpWithValuesThatItAccepts() throws Exception {
        model.rejects = (runner, first) -> first == 0;
        try (LoadedModel loaded = load(model, FOUR_ROWS)) {
            assertThat(loaded.remarks()).containsExactly("rows of [3]: batches of up to 4 rows: as configured");
            assertAnswered(loaded, 4, 3);
            assertThat(model.aloneRows).isEmpty();
        }
    }

    @Test
    void aModelThatCannotBeWarmedUpAnswersAloneAndLeavesNothingBehind() throws Exception {
        model.rejects = (runner, first) -> runner == 1;
        try (LoadedModel loaded = load(model, FOUR_ROWS)) {
            assertThat(loaded.remarks())
                    .containsExactly("rows of [3]: every request runs alone: warming up failed: no such thing");
            assertThat(model.openRunners).hasValue(0);
            assertAnswered(loaded, 4, 3);
            assertThat(model.aloneRows).containsExactly(4L);
        }
    }

    @Test
    void aModelWithAScalarSaysWhyItsRequestsRunAlone() {
        FakeModel scalar = new FakeModel(inputs -> inputs);
        scalar.input = TensorSpec.of("x", DataType.FP32);
        try (VersionHandle.Lease lease = scalar.leaseOn(engine)) {
            assertThat(lease.model().remarks())
                    .containsExactly("every request runs alone: an input is a scalar, which has no rows");
        }
    }

    private LoadedModel load(ShapedModel from, BatchingOrder order) {
        return engine.preparing(asked -> from)
                .load(new ModelLoader.Order(from.key(), Path.of("shaped"), Device.CPU, engine.runners(), order, 1));
    }

    private void assertAnswered(LoadedModel loaded, int rows, int length) throws Exception {
        Tensor sent = ShapedModel.tensor(rows, length, 1);
        RecordedOutcome outcome = new RecordedOutcome();
        assertThat(offer(loaded, sent, outcome)).isEqualTo(Offer.TAKEN);
        ShapedModel.assertDoubled(outcome, sent);
    }

    private Offer offer(LoadedModel loaded, Tensor tensor, RecordedOutcome outcome) {
        InferenceRequest request =
                new InferenceRequest("shaped", "", "", List.of(tensor), List.of(), InferenceRequest.NO_DEADLINE);
        return engine.offer(new Pending(request, new ShapedModel.Leased(loaded, new AtomicInteger()), outcome, 1, 7));
    }
}
