package dev.penstock.router.arms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// When an arm loses its requests on this replica, and when it has them again.
final class ArmGuardTest extends ArmsOfFront {
    @Test
    void twentyFailuresOneAfterAnotherTakeAllRequestsAway() {
        ArmObserver arm = canary(1);
        for (int i = 0; i < 19; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }
        end(arm, AssignmentReason.HASH, 19, ErrorCode.INVALID_ARGUMENT);

        assertThat(arm.tripped()).isFalse();
        end(arm, AssignmentReason.HASH, 20, ErrorCode.MODEL_FAILED);

        assertThat(arm.tripped()).isTrue();
        assertThat(canary(2).tripped()).as("whatever the shares are").isTrue();
        assertThat(told).containsExactly("canary: 20 requests failed one after another, the last by MODEL_FAILED");
        assertThat(counts(arm).trips()).isEqualTo(1);
        end(arm, AssignmentReason.HASH, 21, ErrorCode.MODEL_FAILED);
        assertThat(told).hasSize(1);
        assertThat(ledgers.tripped()).containsExactly(new ArmName("front", "canary", NEW));
        assertThat(ledgers.tripReasons("front", ""))
                .containsExactly(Map.entry(
                        new ArmName("front", "canary", NEW),
                        "20 requests failed one after another, the last by MODEL_FAILED"));
        ledgers.rearm("front", "canary");
        assertThat(ledgers.tripReasons("front", "")).isEmpty();
    }

    @Test
    void oneCallerAloneTripsNothing() {
        ArmObserver arm = canary(1);
        for (int i = 0; i < 1_000; i++) {
            end(arm, AssignmentReason.HASH, i % 2, ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isFalse();
        end(arm, AssignmentReason.HASH, 2, ErrorCode.MODEL_FAILED);

        assertThat(arm.tripped()).isTrue();
    }

    @Test
    void callersWhoDoNotWaitTripNothing() {
        ArmObserver arm = canary(1);
        for (int i = 0; i < 100; i++) {
            arm.ended(AssignmentReason.HASH, i, bucketHash(i), ErrorCode.DEADLINE_EXCEEDED, 5 * MILLI);
        }

        assertThat(arm.tripped()).isFalse();
        for (int i = 0; i < Circuit.MOST_FAILURES; i++) {
            arm.ended(AssignmentReason.HASH, i, bucketHash(i), ErrorCode.DEADLINE_EXCEEDED, 500 * MILLI);
        }

        assertThat(arm.tripped()).as("it does not answer").isTrue();
    }

    @Test
    void whatAGuardTookInOneRolloutIsNotTakenInTheNext() {
        ArmName canary = new ArmName("front", "canary", NEW);
        assertThat(canaryOf("first").tripped()).isFalse();
        ledgers.trip(canary, "it failed");
        assertThat(ledgers.tripReasons("front", "first")).containsOnlyKeys(canary);

        assertThat(canaryOf("second").tripped()).isFalse();
        assertThat(ledgers.tripped()).isEmpty();
        assertThat(ledgers.tripReasons("front", "second")).isEmpty();
        ledgers.trip(canary, "it fails again");
        assertThat(ledgers.tripReasons("front", "second")).containsEntry(canary, "it fails again");
    }

    @Test
    void whoIsArmedAgainIsNotToBlameForFailuresOfBefore() {
        ArmObserver arm = canary(1);
        for (int i = 0; i < 10; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }
        ArmKey key = ((ArmLedger) arm).key();
        assertThat(ledgers.once(key)).isEqualTo(new OnceCounts(10, 10, 0, 0));

        ledgers.rearm("front", "canary");
        assertThat(ledgers.once(key)).isEqualTo(OnceCounts.NONE);
        assertThat(counts(arm).failedOnce()).as("what was counted stays").isEqualTo(10);
        end(arm, AssignmentReason.HASH, 1, ErrorCode.MODEL_FAILED);
        assertThat(ledgers.once(key)).isEqualTo(new OnceCounts(1, 1, 0, 0));
    }

    @Test
    void oneAnswerBetweenThemStartsTheCountAnew() {
        ArmObserver arm = canary(1);

        for (int i = 0; i < 200; i++) {
            end(arm, AssignmentReason.HASH, i, i % 20 == 19 ? null : ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isFalse();
    }

    /// Who is sent there by name may send what nobody can answer.
    @Test
    void whatChanceDidNotSendTripsNothing() {
        ArmObserver arm = canary(1);
        for (int i = 0; i < 100; i++) {
            end(arm, AssignmentReason.OVERRIDE, i, ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isFalse();
        for (int i = 0; i < 20; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
            end(arm, AssignmentReason.OVERRIDE, i, null);
        }
        assertThat(arm.tripped()).as("nor do their answers count").isTrue();
    }

    /// All of it stands still for a while, and callers give up.
    @Test
    void whatTheDefaultArmFailsAtTheSameMomentTripsNothing() {
        ArmObserver usual = stable(1);
        ArmObserver arm = canary(1);
        for (int i = 0; i < 200; i++) {
            end(usual, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }
        end(usual, AssignmentReason.HASH, 1, null);
        for (int i = 0; i < 19; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }
        assertThat(arm.tripped()).as("what had waited comes late").isFalse();

        for (int i = 0; i < 21; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }
        assertThat(arm.tripped()).as("it goes on alone").isTrue();
    }

    @Test
    void oneFailureOfTheDefaultArmExcusesNothingForLong() {
        end(stable(1), AssignmentReason.HASH, 1, ErrorCode.MODEL_FAILED);
        ArmObserver arm = canary(1);
        for (int i = 0; i < 60; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isTrue();
    }

    /// Of two candidates that fail with the default arm, one is not to blame for what excused the other.
    @Test
    void theDefaultArmExcusesAllCandidates() {
        ArmObserver usual = stable(1);
        ArmObserver arm = canary(1);
        ArmObserver other = ledgers.of(new ArmKey("front", "front/v1", "", 1, "other", NEW), true);
        for (int i = 0; i < 20; i++) {
            end(usual, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
            end(other, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isFalse();
        assertThat(other.tripped()).isFalse();
    }

    @Test
    void aFullQueueTripsNothing() {
        ArmObserver arm = canary(1);

        for (int i = 0; i < 100; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.OVERLOADED);
        }

        assertThat(arm.tripped()).isFalse();
        assertThat(counts(arm).failed()).isEqualTo(100);
    }

    @Test
    void theDefaultArmKeepsItsRequests() {
        ArmObserver arm = stable(1);

        for (int i = 0; i < 100; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void anArmThatIsArmedAgainIsAsGoodAsNew() {
        ArmObserver arm = canary(1);
        ledgers.of(new ArmKey("front", "front/v1", "", 1, "canary", OLD), true);
        ledgers.trip(new ArmName("front", "canary", NEW), "it was told to");

        assertThat(arm.tripped()).isTrue();
        assertThat(ledgers.tripped())
                .as("no other target of that arm")
                .containsExactly(new ArmName("front", "canary", NEW));
        ledgers.rearm("front", "canary");

        assertThat(arm.tripped()).isFalse();
        assertThat(told).containsExactly("canary: it was told to");
    }

    @Test
    void aGuardThatOnlyTellsLeavesTheArmItsRequests() {
        ArmObserver arm = canary(1);
        ledgers.onlyTell("front", true);
        for (int i = 0; i < 25; i++) {
            end(arm, AssignmentReason.HASH, i, ErrorCode.MODEL_FAILED);
        }

        assertThat(arm.tripped()).isFalse();
        assertThat(canary(2).tripped()).as("with other shares").isFalse();
        assertThat(ledgers.tripped()).isEmpty();
        assertThat(ledgers.tripReasons("front", "")).as("it tells").hasSize(1);
        assertThat(told).hasSize(1);
        ledgers.onlyTell("front", false);
        assertThat(arm.tripped()).as("nobody observes any more").isTrue();
    }
}
