package dev.penstock.server.registry;

import dev.penstock.core.ModelLoadException;
import dev.penstock.core.QueuePolicy;
import dev.penstock.proto.inference.ModelDynamicBatching;
import dev.penstock.proto.inference.ModelQueuePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// How a configuration wants requests to wait. Pure.
final class QueuePolicies {
    private static final int MOST_ROWS = 1 << 20;

    private QueuePolicies() {}

    /// @param levels how many priority levels there are, at least 1
    /// @return the policy of each level, the most urgent first: its own, else the default one, else ours
    /// @throws ModelLoadException if a policy is for a level that does not exist
    static List<QueuePolicy> of(ModelDynamicBatching dynamic, int levels) {
        for (long level : dynamic.getPriorityQueuePolicyMap().keySet()) {
            // Unsigned on the wire: from 2^63 on it is negative here.
            if (level < 1 || level > levels) {
                throw new ModelLoadException("dynamic_batching.priority_queue_policy: key %s (expected: 1..%d, %s)"
                        .formatted(Long.toUnsignedString(level), levels, "as priority_levels says"));
            }
        }
        QueuePolicy standard =
                dynamic.hasDefaultQueuePolicy() ? of(dynamic.getDefaultQueuePolicy()) : QueuePolicy.STANDARD;
        List<QueuePolicy> policies = new ArrayList<>();
        for (long level = 1; level <= levels; level++) {
            ModelQueuePolicy own = dynamic.getPriorityQueuePolicyMap().get(level);
            policies.add(own == null ? standard : of(own));
        }
        return policies;
    }

    private static QueuePolicy of(ModelQueuePolicy policy) {
        long micros = policy.getDefaultTimeoutMicroseconds();
        return new QueuePolicy(
                (int) Math.min(Integer.toUnsignedLong(policy.getMaxQueueSize()), MOST_ROWS),
                micros < 0
                        ? QueuePolicy.LONGEST_TIMEOUT_NANOS
                        : Math.min(TimeUnit.MICROSECONDS.toNanos(micros), QueuePolicy.LONGEST_TIMEOUT_NANOS),
                policy.getTimeoutAction() == ModelQueuePolicy.TimeoutAction.DELAY,
                policy.getAllowTimeoutOverride());
    }
}
