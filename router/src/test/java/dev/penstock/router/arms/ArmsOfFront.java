package dev.penstock.router.arms;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.monitor.feedback.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Arms of the route `front`, and who counts them.
abstract class ArmsOfFront {
    static final ModelKey OLD = new ModelKey("digits", 1);
    static final ModelKey NEW = new ModelKey("digits", 2);
    static final long MILLI = 1_000_000;

    final List<String> told = new ArrayList<>();
    final ArmLedgers ledgers = new ArmLedgers((key, reason) -> told.add(key.arm() + ": " + reason), 0);

    ArmObserver canary(long epoch) {
        return ledgers.of(new ArmKey("front", "front/v1", "", epoch, "canary", NEW), true);
    }

    ArmObserver stable(long epoch) {
        return ledgers.of(new ArmKey("front", "front/v1", "", epoch, "stable", OLD), false);
    }

    ArmCounts counts(ArmObserver observer) {
        return Objects.requireNonNull(ledgers.counts("front").get(((ArmLedger) observer).key()));
    }

    static void end(ArmObserver arm, AssignmentReason reason, int bucket, @Nullable ErrorCode failure) {
        arm.ended(reason, bucket, bucketHash(bucket), failure, MILLI);
    }

    static long bucketHash(int bucket) {
        return new SplittableRandom(bucket).nextLong();
    }

    ArmObserver canaryOf(String rollout) {
        return ledgers.of(new ArmKey("front", "front/v1", rollout, 1, "canary", NEW), true);
    }

    ArmObserver stableOf(String rollout) {
        return ledgers.of(new ArmKey("front", "front/v1", rollout, 1, "stable", OLD), false);
    }

    static void predict(ArmObserver arm, Prediction.Row row) {
        for (int bucket = 0; bucket < 2; bucket++) {
            if (arm.wantsPrediction(bucket)) {
                arm.predicted(bucket, row);
            }
        }
    }
}
