package dev.penstock.loadtest.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Settings of a model to be tried, each with each.
///
/// @param model whose settings they are
/// @param values to try, by setting
public record Sweep(String model, Map<Setting, List<Long>> values) {
    /// What can be set.
    public enum Setting {
        MAX_BATCH_SIZE("max-batch-size"),
        MAX_QUEUE_DELAY_MICROS("max-queue-delay-us"),
        INSTANCES("instances");

        private final String key;

        Setting(String key) {
            this.key = key;
        }

        public String key() {
            return key;
        }
    }

    /// Every combination, the last setting changing fastest.
    public List<Map<Setting, Long>> combinations() {
        List<Map<Setting, Long>> all = List.of(Map.of());
        for (Map.Entry<Setting, List<Long>> setting : values.entrySet()) {
            List<Map<Setting, Long>> longer = new ArrayList<>();
            for (Map<Setting, Long> one : all) {
                for (long value : setting.getValue()) {
                    Map<Setting, Long> more = new LinkedHashMap<>(one);
                    more.put(setting.getKey(), value);
                    longer.add(more);
                }
            }
            all = longer;
        }
        return all;
    }
}
