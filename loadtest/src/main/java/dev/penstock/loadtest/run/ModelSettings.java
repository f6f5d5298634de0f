package dev.penstock.loadtest.run;

import dev.penstock.loadtest.scenario.Sweep.Setting;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Changes a model's settings by loading it anew with another configuration, as Triton's repository extension
/// has it. Not thread safe.
final class ModelSettings {
    private static final String BATCHING = "dynamic_batching";
    private static final String DELAY = "max_queue_delay_microseconds";
    private static final String INSTANCES = "instance_group";
    private static final String MAX_BATCH = "max_batch_size";

    private final Repository repository;

    /// What a server offers for it. Every call blocks until it is answered.
    interface Repository extends AutoCloseable {
        /// The configuration that a model runs with.
        ///
        /// @throws SettingsException if the server does not tell
        JsonNode config(String model);

        /// Loads a model with that configuration instead of its own, or with its own again; returns when it is
        /// loaded.
        ///
        /// @throws SettingsException if the server does not do so
        void load(String model, Optional<JsonNode> config);

        @Override
        void close();
    }

    /// A model's configuration as it was.
    record Saved(String model, JsonNode config) {}

    ModelSettings(Repository repository) {
        this.repository = repository;
    }

    Saved save(String model) {
        return new Saved(model, repository.config(model));
    }

    void change(Saved saved, Map<Setting, Long> values) {
        repository.load(saved.model(), Optional.of(changed(saved.config(), values)));
    }

    /// @throws SettingsException if the model does not run with those values
    void check(Saved saved, Map<Setting, Long> values) {
        JsonNode now = repository.config(saved.model());
        values.forEach((setting, value) -> {
            if (read(now, setting) != value) {
                throw new SettingsException("the server took " + setting.key() + " " + value + " for " + saved.model()
                        + " and runs with " + read(now, setting) + " (expected: settings that take effect)");
            }
        });
    }

    /// Loads the model with its own configuration or, where it ran with another one, with that.
    ///
    /// @throws SettingsException if it does not run as it did then
    void restore(Saved saved) {
        repository.load(saved.model(), Optional.empty());
        if (!repository.config(saved.model()).equals(saved.config())) {
            repository.load(saved.model(), Optional.of(saved.config()));
        }
    }

    /// A copy with those values.
    static JsonNode changed(JsonNode config, Map<Setting, Long> values) {
        if (!(config.deepCopy() instanceof ObjectNode copy)) {
            throw new SettingsException(
                    "the model's configuration is " + config.getNodeType() + " (expected: an object)");
        }
        values.forEach((setting, value) -> {
            switch (setting) {
                case MAX_BATCH_SIZE -> copy.put(MAX_BATCH, value);
                case MAX_QUEUE_DELAY_MICROS -> object(copy, BATCHING).put(DELAY, value);
                case INSTANCES -> group(copy).put("count", value);
            }
        });
        return copy;
    }

    private static ObjectNode object(ObjectNode node, String key) {
        return node.get(key) instanceof ObjectNode object ? object : node.putObject(key);
    }

    private static ObjectNode group(ObjectNode node) {
        ArrayNode groups = node.get(INSTANCES) instanceof ArrayNode list ? list : node.putArray(INSTANCES);
        return groups.get(0) instanceof ObjectNode first ? first : groups.addObject();
    }

    /// 64-bit numbers are strings in the JSON of protobuf.
    private static long read(JsonNode config, Setting setting) {
        JsonNode value = switch (setting) {
            case MAX_BATCH_SIZE -> config.path(MAX_BATCH);
            case MAX_QUEUE_DELAY_MICROS -> config.path(BATCHING).path(DELAY);
            case INSTANCES -> config.path(INSTANCES).path(0).path("count");
        };
        return value.isMissingNode() ? 0 : value.asLong(-1);
    }
}
