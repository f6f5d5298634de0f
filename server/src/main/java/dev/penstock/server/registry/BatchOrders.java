package dev.penstock.server.registry;

import dev.penstock.core.BatchingOrder;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.QueueLevels;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.proto.inference.ModelDynamicBatching;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// How a configuration wants its model's requests put together. Pure.
final class BatchOrders {
    /// `off` runs every request alone; anything else leaves it to what was measured.
    static final String BATCHING_PARAMETER = "batching";
    /// The most rows of a run, without measuring.
    static final String ROWS_PARAMETER = "batch_rows";
    /// `true` batches a model though neighbours change its answers.
    static final String VARIANCE_PARAMETER = "allow_batch_variance";

    static final Set<String> PARAMETERS = Set.of(BATCHING_PARAMETER, ROWS_PARAMETER, VARIANCE_PARAMETER);

    private static final Map<String, Boolean> SWITCH = Map.of("on", true, "off", false, "true", true, "false", false);

    private BatchOrders() {}

    /// @throws ModelLoadException if the configuration says something that cannot be
    static BatchingOrder of(ModelConfig config) {
        ModelDynamicBatching dynamic = config.getDynamicBatching();
        int priorities = small("dynamic_batching.priority_levels", dynamic.getPriorityLevels());
        int levels = Math.max(1, priorities);
        int standard = small("dynamic_batching.default_priority_level", dynamic.getDefaultPriorityLevel());
        if (standard > levels) {
            throw new ModelLoadException(
                    "dynamic_batching.default_priority_level: %d (expected: <= priority_levels, %d)"
                            .formatted(standard, priorities));
        }
        return new BatchingOrder(
                config.getMaxBatchSize(),
                rows(config),
                TimeUnit.MICROSECONDS.toNanos(dynamic.getMaxQueueDelayMicroseconds()),
                new QueueLevels(QueuePolicies.of(dynamic, levels), Math.max(1, standard)),
                flag(config, VARIANCE_PARAMETER, false),
                flag(config, BATCHING_PARAMETER, true) && config.getMaxBatchSize() != 1);
    }

    private static int small(String field, long value) {
        if (value < 0 || value > 100) {
            throw new ModelLoadException("%s: %d (expected: 0..100)".formatted(field, value));
        }
        return (int) value;
    }

    private static int rows(ModelConfig config) {
        if (!config.containsParameters(ROWS_PARAMETER)) {
            return 0;
        }
        String text = config.getParametersOrThrow(ROWS_PARAMETER).getStringValue();
        if (!text.matches("[1-9]\\d{0,5}")) {
            throw new ModelLoadException("parameter '%s': string_value '%s' (expected: an integer from 1 to 999999)"
                    .formatted(ROWS_PARAMETER, text));
        }
        return Integer.parseInt(text);
    }

    private static boolean flag(ModelConfig config, String name, boolean otherwise) {
        if (!config.containsParameters(name)) {
            return otherwise;
        }
        String text = config.getParametersOrThrow(name).getStringValue();
        Boolean value = SWITCH.get(text);
        if (value == null) {
            throw new ModelLoadException(
                    "parameter '%s': string_value '%s' (expected: on, off, true or false)".formatted(name, text));
        }
        return value;
    }
}
