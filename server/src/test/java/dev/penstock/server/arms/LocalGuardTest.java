package dev.penstock.server.arms;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.ModelRoute;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmLedgers;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.arms.AssignmentReason;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LocalGuardTest {
    private final List<String> told = new ArrayList<>();
    private final ArmLedgers ledgers = new ArmLedgers((key, reason) -> told.add(key.arm() + ": " + reason), 0);
    private final RouteTable table = RouteTable.of(
                    List.of(new ModelRoute("m", List.of(new Version(1), new Version(2)), Set.of())))
            .withRoutes(
                    List.of(RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                            .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), 1_000, 1_000)))),
                    ledgers);
    private final LocalGuard guard = new LocalGuard(() -> table, ledgers);

    private record Version(long number) implements VersionHandle {
        @Override
        public ModelKey key() {
            return new ModelKey("m", number);
        }

        @Override
        public Signature signature() {
            return new Signature(List.of(TensorSpec.of("x", DataType.FP32, -1)), List.of(), 0);
        }

        @Override
        @MustBeClosed
        public @Nullable Lease tryLease() {
            return null;
        }
    }

    private ArmObserver arm(int index) {
        return Objects.requireNonNull(table.route("m")).arms().get(index).observer();
    }

    private void fail(int index, int times) {
        for (int i = 0; i < times; i++) {
            // Answers between them, so that it is not for failures one after another.
            arm(index).ended(AssignmentReason.RANDOM, i, i, ErrorCode.MODEL_FAILED, 1);
            arm(index).ended(AssignmentReason.RANDOM, i, i, null, 1);
        }
    }

    @Test
    void whoFailsFarMoreOftenLosesItsRequests() {
        fail(0, 4);
        fail(1, 12);

        guard.tick();

        assertThat(arm(1).tripped()).isTrue();
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("canary: 12 failures, and 4 of arm 'stable', at shares of 1000 and 9000 basis points");
        guard.tick();
        assertThat(told).hasSize(1);
    }

    @Test
    void anOutageOfBothTakesNothingAway() {
        fail(0, 900);
        fail(1, 100);
        guard.tick();
        assertThat(arm(1).tripped()).isFalse();

        // Twice as often is for those to judge who know more.
        fail(1, 100);
        guard.tick();
        assertThat(arm(1).tripped()).isFalse();
    }

    @Test
    void whoIsArmedAgainStartsAnew() {
        fail(1, 12);
        guard.tick();
        assertThat(arm(1).tripped()).isTrue();

        ledgers.rearm("m", "canary");
        guard.tick();
        assertThat(arm(1).tripped()).as("for what it did before").isFalse();
        fail(1, 12);
        guard.tick();
        assertThat(arm(1).tripped()).isTrue();
    }

    @Test
    void fewFailuresAreNotEnough() {
        fail(1, 3);

        guard.tick();

        assertThat(arm(1).tripped()).isFalse();
    }
}
