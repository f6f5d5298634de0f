package dev.penstock.router;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.VersionHandle;
import java.util.List;
import java.util.Set;

/// The versions behind one model's name.
///
/// @param ready those that serve, oldest first
/// @param notReady those that exist but do not serve
public record ModelRoute(String name, List<VersionHandle> ready, Set<Long> notReady) {
    public ModelRoute {
        ready = List.copyOf(ready);
        notReady = Set.copyOf(notReady);
    }

    VersionHandle newest() {
        if (ready.isEmpty()) {
            throw new ServingException(
                    notReady.isEmpty() ? ErrorCode.NOT_FOUND : ErrorCode.NOT_READY,
                    "Request for unknown model: '" + name + "' has no available versions");
        }
        return ready.getLast();
    }

    VersionHandle exactly(long version) {
        for (VersionHandle handle : ready) {
            if (handle.key().version() == version) {
                return handle;
            }
        }
        if (notReady.contains(version)) {
            throw notReady(new ModelKey(name, version));
        }
        throw new ServingException(
                ErrorCode.NOT_FOUND,
                "Request for unknown model: '%s' version %d is not found".formatted(name, version));
    }

    static ServingException notReady(ModelKey key) {
        return new ServingException(
                ErrorCode.NOT_READY,
                "Request for unknown model: '%s' version %d is not at ready state"
                        .formatted(key.name(), key.version()));
    }
}
