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

    private void end(int index, AssignmentReason reason, int times, @Nullable ErrorCode failure) {
        for (int i = 0; i < times; i++) {
            arm(index).ended(reason, i, i, failure, 1);
        }
    }

    /// As many as the shares say.
    private void answer() {
        end(0, AssignmentReason.RANDOM, 9_000, null);
        end(1, AssignmentReason.RANDOM, 1_000, null);
    }

    /// Of 20 busy units 4 are the candidate's by chance, and each of them fails now and then with either arm.
    @Test
    void whoHasMoreOfFewUnitsThanItsShareIsNotToBlameForThat() {
        for (int window = 1; window < 200; window++) {
            end(0, AssignmentReason.HASH, 16, ErrorCode.MODEL_FAILED);
            end(0, AssignmentReason.HASH, 16, null);
            end(1, AssignmentReason.HASH, 4, ErrorCode.MODEL_FAILED);
            end(1, AssignmentReason.HASH, 4, null);
            ledgers.tick(window * ArmLedgers.SUB_WINDOW.toNanos());
            guard.tick();
        }

        assertThat(arm(1).tripped()).isFalse();
    }

    @Test
    void whoseCallersGoAwayLosesItsRequests() {
        end(0, AssignmentReason.RANDOM, 900, null);
        end(1, AssignmentReason.RANDOM, 100, ErrorCode.CANCELLED);
        guard.tick();
        assertThat(arm(1).tripped()).isTrue();
    }

    @Test
    void callersWhoLeaveBothTakeNothingAway() {
        end(0, AssignmentReason.RANDOM, 900, ErrorCode.CANCELLED);
        end(1, AssignmentReason.RANDOM, 100, ErrorCode.CANCELLED);
        guard.tick();
        assertThat(arm(1).tripped()).isFalse();
    }

    @Test
    void whoRefusesWhatTheDefaultArmAnswersLosesItsRequests() {
        end(0, AssignmentReason.RANDOM, 900, null);
        end(1, AssignmentReason.RANDOM, 70, null);
        end(1, AssignmentReason.RANDOM, 30, ErrorCode.INVALID_ARGUMENT);
        guard.tick();
        assertThat(arm(1).tripped()).isTrue();
    }

    @Test
    void whatCallersDoWrongTakesNothingAway() {
        end(0, AssignmentReason.RANDOM, 900, ErrorCode.INVALID_ARGUMENT);
        end(1, AssignmentReason.RANDOM, 100, ErrorCode.INVALID_ARGUMENT);
        guard.tick();
        assertThat(arm(1).tripped()).isFalse();
    }

    @Test
    void whoFailsFarMoreOftenLosesItsRequests() {
        answer();
        fail(0, 4);
        fail(1, 14);

        guard.tick();

        assertThat(arm(1).tripped()).isTrue();
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith(
                        "canary: of 1028 requests 14 failures, 0 callers who went away and 0 refusals, of 9008 of arm 'stable' 4, 0 and 0, at shares of 1000 and 9000 basis points");
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
        answer();
        fail(1, 12);
        guard.tick();
        assertThat(arm(1).tripped()).isTrue();

        ledgers.rearm("m", "canary");
        guard.tick();
        assertThat(arm(1).tripped()).as("for what it did before").isFalse();
        answer();
        fail(1, 12);
        guard.tick();
        assertThat(arm(1).tripped()).isTrue();
    }

    @Test
    void fewFailuresAreNotEnough() {
        answer();
        fail(1, 3);

        guard.tick();

        assertThat(arm(1).tripped()).isFalse();
    }
}
