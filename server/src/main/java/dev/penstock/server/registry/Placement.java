package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.proto.inference.ModelInstanceGroup;
import dev.penstock.proto.inference.ModelInstanceGroup.Kind;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where a configuration wants its model to run. Pure.
final class Placement {
    static final String DEVICE_PARAMETER = "device";

    private Placement() {}

    /// @param standard for a model that says nothing of it
    /// @param warnings gets what cannot be followed
    /// @throws ModelLoadException if the configuration contradicts itself
    static Device of(ModelConfig config, Device standard, List<String> warnings) {
        @Nullable Device byGroups = byGroups(config.getInstanceGroupList(), warnings);
        @Nullable Device byParameter = byParameter(config);
        if (byGroups != null && byParameter != null && !byGroups.equals(byParameter)) {
            throw new ModelLoadException("parameter 'device' says %s, but instance_group says %s (expected: the same)"
                    .formatted(byParameter, byGroups));
        }
        if (byParameter != null) {
            return byParameter;
        }
        return byGroups == null ? standard : byGroups;
    }

    private static @Nullable Device byParameter(ModelConfig config) {
        if (!config.containsParameters(DEVICE_PARAMETER)) {
            return null;
        }
        String text = config.getParametersOrThrow(DEVICE_PARAMETER).getStringValue();
        try {
            return Device.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ModelLoadException(
                    "parameter 'device': string_value '%s' (expected: cpu, cuda or cuda:N)".formatted(text), e);
        }
    }

    private static @Nullable Device byGroups(List<ModelInstanceGroup> groups, List<String> warnings) {
        groups.forEach(Placement::checkGroup);
        Set<Kind> kinds = groups.stream()
                .map(Placement::kindOf)
                .filter(kind -> kind != Kind.KIND_AUTO)
                .collect(Collectors.toCollection(TreeSet::new));
        if (kinds.size() > 1) {
            throw new ModelLoadException("instance_group asks for %s at once (expected: one kind)".formatted(kinds));
        }
        if (groups.stream().mapToLong(ModelInstanceGroup::getCount).sum() > 1) {
            warnings.add("instance_group.count is not used: all threads share one session");
        }
        if (kinds.isEmpty()) {
            return null;
        }
        return kinds.contains(Kind.KIND_GPU) ? gpu(groups, warnings) : Device.CPU;
    }

    private static Device gpu(List<ModelInstanceGroup> groups, List<String> warnings) {
        List<Integer> ordinals = groups.stream()
                .flatMap(group -> group.getGpusList().stream())
                .distinct()
                .toList();
        if (ordinals.size() > 1) {
            warnings.add("instance_group.gpus %s: only GPU %d is used".formatted(ordinals, ordinals.getFirst()));
        }
        return new Device(Device.Kind.CUDA, ordinals.isEmpty() ? 0 : ordinals.getFirst());
    }

    private static void checkGroup(ModelInstanceGroup group) {
        if (group.getCount() < 0) {
            throw new ModelLoadException("instance_group.count: %d (expected: >= 0)".formatted(group.getCount()));
        }
        if (group.getGpusList().stream().anyMatch(gpu -> gpu < 0)) {
            throw new ModelLoadException("instance_group.gpus: %s (expected: >= 0)".formatted(group.getGpusList()));
        }
        if (group.getKind() == Kind.KIND_CPU && group.getGpusCount() > 0) {
            throw new ModelLoadException("instance_group.gpus: %s with KIND_CPU (expected: none, or KIND_GPU)"
                    .formatted(group.getGpusList()));
        }
    }

    /// A group that names GPUs wants them; one that leaves the placement to the back end wants nothing.
    private static Kind kindOf(ModelInstanceGroup group) {
        if (group.getGpusCount() > 0) {
            return Kind.KIND_GPU;
        }
        return group.getKind() == Kind.KIND_MODEL ? Kind.KIND_AUTO : group.getKind();
    }
}
