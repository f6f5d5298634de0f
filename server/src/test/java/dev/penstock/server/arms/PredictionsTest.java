package dev.penstock.server.arms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.arms.TripListener;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionsTest {
    private static final ModelKey KEY = new ModelKey("m", 1);
    private static final Signature SIGNATURE = new Signature(
            List.of(TensorSpec.of("x", DataType.FP32, -1)), List.of(TensorSpec.of("p", DataType.FP32, -1, 2)), 0);

    private final ArmObserver arm =
            new ArmLedgers(TripListener.NONE, 0).of(new ArmKey("m", "m/v1", "", 1, "stable", KEY), false);
    private final Predictions predictions = new Predictions();

    private static InferenceReply reply() {
        ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(0, 0.1f).putFloat(4, 0.9f);
        return new InferenceReply(KEY, List.of(new Tensor("p", DataType.FP32, Shape.of(1, 2), data)));
    }

    @Test
    void anAnswerThatCannotBeCopiedIsTheCallersAllTheSame() {
        predictions.tell(arm, 7, SIGNATURE, KEY, () -> {
            throw new OutOfMemoryError("on purpose");
        });
        predictions.tell(arm, 7, SIGNATURE, KEY, () -> {
            throw new IllegalStateException("on purpose");
        });
        assertThat(arm.wantsPrediction(7)).as("the next one").isTrue();

        predictions.tell(arm, 7, SIGNATURE, KEY, PredictionsTest::reply);
        assertThat(arm.wantsPrediction(7)).isFalse();
    }
}
