package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.Device;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.QueueLevels;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How the lane of a model is made that is loaded.
@Timeout(20)
class LaneMakerTest {
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
        try (LoadedModel loaded = load(new BatchingOrder(8, 16, 0, QueueLevels.ONE, false, true))) {
            assertThat(loaded.remarks()).containsExactly("rows of [3]: batches of up to 8 rows: as configured");
        }
    }

    private LoadedModel load(BatchingOrder order) {
        return engine.preparing(asked -> model)
                .load(new ModelLoader.Order(model.key(), Path.of("shaped"), Device.CPU, engine.runners(), order, 1));
    }
}
