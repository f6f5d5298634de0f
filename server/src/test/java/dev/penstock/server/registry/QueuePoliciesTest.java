package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelLoadException;
import dev.penstock.core.QueuePolicy;
import dev.penstock.proto.inference.ModelDynamicBatching;
import dev.penstock.proto.inference.ModelQueuePolicy;
import org.junit.jupiter.api.Test;

class QueuePoliciesTest {
    private static final ModelQueuePolicy DELAY = ModelQueuePolicy.newBuilder()
            .setTimeoutAction(ModelQueuePolicy.TimeoutAction.DELAY)
            .setDefaultTimeoutMicroseconds(5)
            .build();

    @Test
    void whoSaysNothingHasOurPolicyInEveryLevel() {
        assertThat(QueuePolicies.of(ModelDynamicBatching.getDefaultInstance(), 2))
                .containsExactly(QueuePolicy.STANDARD, QueuePolicy.STANDARD);
    }

    @Test
    void aLevelsOwnPolicyReplacesTheDefaultOneAsAWhole() {
        ModelDynamicBatching config = ModelDynamicBatching.newBuilder()
                .setDefaultQueuePolicy(DELAY)
                .putPriorityQueuePolicy(
                        2,
                        ModelQueuePolicy.newBuilder()
                                .setMaxQueueSize(4)
                                .setAllowTimeoutOverride(true)
                                .build())
                .build();

        assertThat(QueuePolicies.of(config, 3))
                .containsExactly(
                        new QueuePolicy(0, 5_000, true, false),
                        new QueuePolicy(4, 0, false, true),
                        new QueuePolicy(0, 5_000, true, false));
    }

    @Test
    void anEmptyPolicyAllowsNoTimeoutsOfRequests() {
        ModelDynamicBatching config = ModelDynamicBatching.newBuilder()
                .setDefaultQueuePolicy(ModelQueuePolicy.getDefaultInstance())
                .build();

        assertThat(QueuePolicies.of(config, 1)).containsExactly(new QueuePolicy(0, 0, false, false));
    }

    @Test
    void numbersThatNoIntHoldsAreAsManyAsThereCanBe() {
        ModelDynamicBatching config = ModelDynamicBatching.newBuilder()
                .setDefaultQueuePolicy(
                        ModelQueuePolicy.newBuilder().setMaxQueueSize(-1).setDefaultTimeoutMicroseconds(-1))
                .build();

        assertThat(QueuePolicies.of(config, 1))
                .containsExactly(new QueuePolicy(1 << 20, QueuePolicy.LONGEST_TIMEOUT_NANOS, false, false));
    }

    @Test
    void aPolicyForALevelThatDoesNotExistIsRefused() {
        ModelDynamicBatching config = ModelDynamicBatching.newBuilder()
                .putPriorityQueuePolicy(3, DELAY)
                .build();

        assertThatThrownBy(() -> QueuePolicies.of(config, 2))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("priority_queue_policy: key 3 (expected: 1..2");
    }
}
