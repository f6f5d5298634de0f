package dev.penstock.router;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The versions behind one model's name. Immutable; who is behind an alias is found out once, not with each
/// request.
public final class ModelRoute {
    private final String name;
    private final List<VersionHandle> ready;
    private final Set<Long> notReady;
    private final Map<String, AliasTarget> aliases;

    /// Who answers, by alias; none where neither of an alias's versions serves.
    private final Map<String, VersionHandle> answering;

    /// @param ready those that serve, oldest first
    /// @param notReady those that exist but do not serve
    /// @param aliases by name
    public ModelRoute(String name, List<VersionHandle> ready, Set<Long> notReady, Map<String, AliasTarget> aliases) {
        this.name = name;
        this.ready = List.copyOf(ready);
        this.notReady = Set.copyOf(notReady);
        this.aliases = Map.copyOf(aliases);
        Map<String, VersionHandle> found = new HashMap<>();
        aliases.forEach((alias, target) -> {
            @Nullable VersionHandle handle = target.pick(this::find);
            if (handle != null) {
                found.put(alias, handle);
            }
        });
        this.answering = Map.copyOf(found);
    }

    /// Without aliases.
    public ModelRoute(String name, List<VersionHandle> ready, Set<Long> notReady) {
        this(name, ready, notReady, Map.of());
    }

    public String name() {
        return name;
    }

    /// By name.
    public Map<String, AliasTarget> aliases() {
        return aliases;
    }

    /// Who answers requests without a version.
    VersionHandle standard() {
        @Nullable AliasTarget stable = aliases.get(AliasTarget.STABLE);
        return stable == null ? newest() : behind(AliasTarget.STABLE, stable);
    }

    private VersionHandle newest() {
        if (ready.isEmpty()) {
            throw new ServingException(
                    notReady.isEmpty() ? ErrorCode.NOT_FOUND : ErrorCode.NOT_READY,
                    "Request for unknown model: '" + name + "' has no available versions");
        }
        return ready.getLast();
    }

    VersionHandle behind(String alias, AliasTarget target) {
        @Nullable VersionHandle handle = answering.get(alias);
        if (handle == null) {
            throw new ServingException(
                    ErrorCode.NOT_READY,
                    "Request for unknown model: '%s' version %d, alias '%s', is not at ready state"
                            .formatted(name, target.version(), alias));
        }
        return handle;
    }

    VersionHandle exactly(long version) {
        @Nullable VersionHandle handle = find(version);
        if (handle != null) {
            return handle;
        }
        if (notReady.contains(version)) {
            throw notReady(new ModelKey(name, version));
        }
        throw new ServingException(
                ErrorCode.NOT_FOUND,
                "Request for unknown model: '%s' version %d is not found".formatted(name, version));
    }

    private @Nullable VersionHandle find(long version) {
        for (VersionHandle handle : ready) {
            if (handle.key().version() == version) {
                return handle;
            }
        }
        return null;
    }

    static ServingException notReady(ModelKey key) {
        return new ServingException(
                ErrorCode.NOT_READY,
                "Request for unknown model: '%s' version %d is not at ready state"
                        .formatted(key.name(), key.version()));
    }
}
