package dev.penstock.server.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftStatus;
import dev.penstock.server.config.AlertsConfig;
import dev.penstock.server.config.AlertsConfig.Approval;
import dev.penstock.server.config.AlertsConfig.Need;
import dev.penstock.server.monitoring.Alert;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetrainingTest {
    private static final long DAY = Duration.ofDays(1).toMillis();

    private final AtomicInteger ids = new AtomicInteger();

    private Retraining retraining(Approval approval, Need... needs) {
        return new Retraining(
                rules(approval, needs), model -> model.equals("fraud"), () -> "r" + ids.incrementAndGet());
    }

    private static AlertsConfig.Retraining rules(Approval approval, Need... needs) {
        return new AlertsConfig.Retraining(List.of(needs), Duration.ofDays(1), approval);
    }

    private static Concern quality(DriftStatus severity) {
        return Concerns.of(Alert.Kind.QUALITY, Concerns.FRAUD, severity, 5, 0, List.of("accuracy"));
    }

    @Test
    void aCriticalConcernIsEnoughIfNothingIsRequired() {
        Retraining retraining = retraining(Approval.NONE);

        assertThat(retraining.next(List.of(Concerns.warning(1)), 10)).isEmpty();
        List<RetrainingRequest> asked = retraining.next(List.of(Concerns.critical(1)), 20);

        assertThat(asked).singleElement().satisfies(request -> {
            assertThat(request.key()).isEqualTo(Concerns.FRAUD);
            assertThat(request.state()).isEqualTo(RetrainingRequest.State.APPROVED);
            assertThat(request.decidedBy()).isEmpty();
        });
        assertThat(retraining.next(List.of(Concerns.critical(1)), 20 + DAY - 1)).isEmpty();
        assertThat(retraining.next(List.of(Concerns.critical(1)), 20 + DAY)).hasSize(1);
    }

    /// At 10, with the id `r1`; what is kept of it is read anew.
    private Retraining askedBeforeNobodyHadToApprove() {
        Retraining before = retraining(Approval.MANUAL);
        assertThat(before.next(List.of(Concerns.critical(1)), 10)).isEmpty();
        Retraining.Kept kept = Objects.requireNonNull(before.changes());
        return new Retraining(rules(Approval.NONE), model -> model.equals("fraud"), () -> "other", kept);
    }

    @Test
    void whatWaitsIsApprovedOnceNobodyNeedApproveAnyMore() {
        Retraining after = askedBeforeNobodyHadToApprove();

        assertThat(after.next(List.of(), 20)).singleElement().satisfies(request -> {
            assertThat(request.id()).isEqualTo("r1");
            assertThat(request.state()).isEqualTo(RetrainingRequest.State.APPROVED);
        });
        assertThat(after.changes()).as("is kept").isNotNull();
        assertThat(after.next(List.of(Concerns.critical(1)), 10 + DAY))
                .as("asked for again when it is time")
                .hasSize(1);
    }

    @Test
    void whatWaitedLongerThanTheCooldownIsNotAskedForTwice() {
        Retraining after = askedBeforeNobodyHadToApprove();

        assertThat(after.next(List.of(Concerns.critical(1)), 10 + 2 * DAY))
                .extracting(RetrainingRequest::id)
                .containsExactly("r1");
        assertThat(after.next(List.of(Concerns.critical(1)), 10 + 3 * DAY - 1)).isEmpty();
        assertThat(after.next(List.of(Concerns.critical(1)), 10 + 3 * DAY)).hasSize(1);
    }

    @Test
    void allThatIsRequiredMustBeWrongAtTheSameTime() {
        Retraining retraining = retraining(Approval.NONE, Need.OUTPUT_DRIFT, Need.QUALITY_DROP);
        Concern inputs = Concerns.of(Alert.Kind.DRIFT, Concerns.FRAUD, DriftStatus.CRITICAL, 1, 0, List.of("amount"));
        Concern other = Concerns.of(
                Alert.Kind.QUALITY, new ModelKey("fraud", 7), DriftStatus.CRITICAL, 1, 0, List.of("accuracy"));

        assertThat(retraining.next(List.of(Concerns.critical(1)), 10)).isEmpty();
        assertThat(retraining.next(List.of(inputs, quality(DriftStatus.CRITICAL)), 20))
                .isEmpty();
        assertThat(retraining.next(List.of(Concerns.critical(1), other), 30)).isEmpty();
        assertThat(retraining.next(List.of(Concerns.warning(1), quality(DriftStatus.WARNING)), 40))
                .as("none is critical")
                .isEmpty();
        assertThat(retraining.next(List.of(Concerns.critical(1), quality(DriftStatus.WARNING)), 50))
                .singleElement()
                .satisfies(request -> assertThat(request.reasons()).hasSize(2));
    }

    @Test
    void aRequestWaitsForItsApprovalAndIsDecidedOnce() {
        Retraining retraining = retraining(Approval.MANUAL);

        assertThat(retraining.next(List.of(Concerns.critical(1)), 10)).isEmpty();
        assertThat(retraining.next(List.of(Concerns.critical(1)), 10 + 2 * DAY))
                .as("it still waits")
                .isEmpty();
        assertThat(retraining.all()).hasSize(1);
        String id = retraining.all().getFirst().id();

        RetrainingRequest approved = retraining.decide(id, RetrainingRequest.State.APPROVED, "ann", 30);

        assertThat(approved).isNotNull();
        assertThat(approved.decidedBy()).isEqualTo("ann");
        assertThat(retraining.decide(id, RetrainingRequest.State.DISMISSED, "bob", 40))
                .isNull();
        assertThat(retraining.all()).containsExactly(approved);
    }

    @Test
    void nobodyIsAskedOfModelsThatNobodyWants() {
        Concern other = Concerns.drift(new ModelKey("iris", 1), DriftStatus.CRITICAL, 1, 0);

        assertThat(retraining(Approval.NONE).next(List.of(other), 10)).isEmpty();
    }

    @Test
    void decidedRequestsAreForgottenInTheEnd() {
        Retraining retraining = retraining(Approval.NONE);

        for (int day = 0; day < 3 * Retraining.MOST_DECIDED; day++) {
            assertThat(retraining.next(List.of(Concerns.critical(1)), day * DAY))
                    .hasSize(1);
        }

        assertThat(retraining.all()).hasSize(Retraining.MOST_DECIDED);
    }
}
