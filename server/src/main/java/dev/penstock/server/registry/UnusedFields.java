package dev.penstock.server.registry;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.penstock.proto.inference.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Finds what a configuration says that has no effect here, so that nobody waits for it. Pure.
final class UnusedFields {
    /// Paths without `[]` and keys. Of a path that is here, what lies below is looked at too, unless it is in [#WHOLE].
    private static final Set<String> USED = Set.of(
            "name",
            "platform",
            "backend",
            "max_batch_size",
            "default_model_filename",
            "input",
            "input.name",
            "input.data_type",
            "input.dims",
            "input.optional",
            "output",
            "output.name",
            "output.data_type",
            "output.dims",
            "dynamic_batching",
            "dynamic_batching.max_queue_delay_microseconds",
            "dynamic_batching.priority_levels",
            "dynamic_batching.default_priority_level",
            "response_cache",
            "response_cache.enable",
            "instance_group",
            "instance_group.name",
            "instance_group.kind",
            "instance_group.gpus",
            // Placement warns of it where it matters.
            "instance_group.count");

    /// Used with all that lies below, or looked at elsewhere.
    private static final Set<String> WHOLE = Set.of(
            "version_policy",
            "parameters",
            "dynamic_batching.default_queue_policy",
            "dynamic_batching.priority_queue_policy");

    private UnusedFields() {}

    static List<String> warnings(ModelConfig config) {
        Set<String> paths = new TreeSet<>();
        collect("", config, paths);
        List<String> warnings = new ArrayList<>();
        paths.forEach(path -> warnings.add("%s: %s is not used".formatted(FolderReader.CONFIG_FILE, path)));
        config.getParametersMap().keySet().stream()
                .filter(name -> !ModelSettings.PARAMETERS.contains(name))
                .sorted()
                .forEach(name ->
                        warnings.add("%s: parameter '%s' is not used".formatted(FolderReader.CONFIG_FILE, name)));
        return warnings;
    }

    private static void collect(String prefix, Message message, Set<String> unused) {
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            String path = prefix + field.getKey().getName();
            if (WHOLE.contains(path)) {
                continue;
            }
            if (!USED.contains(path)) {
                unused.add(path);
            } else if (field.getValue() instanceof List<?> items) {
                items.forEach(item -> collectItem(path, item, unused));
            } else {
                collectItem(path, field.getValue(), unused);
            }
        }
    }

    private static void collectItem(String path, Object item, Set<String> unused) {
        if (item instanceof Message message) {
            collect(path + ".", message, unused);
        }
    }
}
