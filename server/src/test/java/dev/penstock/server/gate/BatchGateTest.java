package dev.penstock.server.gate;

import static dev.penstock.server.gate.Candidates.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.DataType;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.QueueLevels;
import dev.penstock.core.batching.Batching;
import dev.penstock.core.batching.InlineOrder;
import dev.penstock.core.batching.QueueBounds;
import dev.penstock.runtime.OnnxModels;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is told of real models that the engine has prepared. No time passes; how many rows run together is set.
@Timeout(240)
class BatchGateTest {
    private static final BatchingOrder FOUR_ROWS = new BatchingOrder(0, 4, 0, QueueLevels.ONE, false, true);
    private static final GateSettings REQUIRED = GateSettingsTest.settings("gate.batching", "required");

    private final Models models = new Models();
    private final Batching engine = Batching.start(
            1,
            InlineOrder.NONE,
            new QueueBounds(16, 1 << 20),
            () -> 7,
            (key, failure, rows, queueNanos, runNanos) -> {});

    @TempDir
    Path folder = Path.of("");

    @AfterEach
    void closeAll() {
        engine.close();
        models.close();
    }

    @Test
    void rowsThatRunTogetherPass() {
        assertThat(judged(OnnxModels.tiny(), FOUR_ROWS, REQUIRED))
                .isEqualTo("PASSED rows of [4]: batches of up to 4 rows: as configured");
    }

    @Test
    void rowsThatChangeTheirNeighboursAnswersFailWhereBatchingIsRequired() {
        byte[] quantized = OnnxModels.dynamicallyQuantized(16);

        assertThat(judged(quantized, FOUR_ROWS, REQUIRED))
                .startsWith("FAILED gate.batching is required: rows of [16]: ")
                .contains("answers depend on neighbours (largest relative difference ");
        assertThat(judged(quantized, FOUR_ROWS, GateSettings.NONE))
                .startsWith("SKIPPED rows of [16]: ")
                .contains("answers depend on neighbours (largest relative difference ");
    }

    @Test
    void whatIsNotKnownYetIsNotEnoughWhereBatchingIsRequired() {
        byte[] anyShape = OnnxModels.identity(DataType.FP32, -1, -1);

        assertThat(judged(anyShape, FOUR_ROWS, REQUIRED))
                .isEqualTo("FAILED gate.batching is required: "
                        + "shapes of rows vary: each is tried out for batching when it is first seen");
        assertThat(judged(anyShape, FOUR_ROWS, GateSettings.NONE))
                .isEqualTo("SKIPPED shapes of rows vary: each is tried out for batching when it is first seen");
    }

    @Test
    void whoWantsNoBatchesGetsNone() {
        assertThat(judged(OnnxModels.tiny(), BatchingOrder.NONE, GateSettings.NONE))
                .isEqualTo("SKIPPED every request runs alone");
    }

    private String judged(byte[] model, BatchingOrder order, GateSettings settings) {
        try (LoadedModel prepared =
                engine.preparing(models.loader()).load(Models.order(Models.write(folder, model), order))) {
            return said(BatchGate.judge(Candidates.of(prepared, prepared.signature(), Candidates.NO_FILES, settings)));
        }
    }
}
