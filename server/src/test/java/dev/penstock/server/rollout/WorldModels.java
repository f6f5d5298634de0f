package dev.penstock.server.rollout;

import dev.penstock.core.Signature;
import dev.penstock.router.AliasTarget;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.rest.MemoryAdmin;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a server serves of recorded models: their versions are loaded, or not, as a test says.
final class WorldModels implements Catalog {
    private final MemoryAdmin admin;

    /// What versions take, once they were loaded.
    final Map<Long, Signature> signatures = new HashMap<>();

    /// Versions that cannot be loaded, and why.
    final Map<Long, String> unloadable = new HashMap<>();

    /// Versions that are being loaded.
    final Set<Long> loading = new HashSet<>();

    WorldModels(MemoryAdmin admin) {
        this.admin = admin;
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public boolean stopping() {
        return false;
    }

    @Override
    public List<ModelStatus> models() {
        return admin.models();
    }

    @Override
    public @Nullable ModelStatus model(String name) {
        ModelStatus model = admin.model(name);
        if (model == null) {
            return null;
        }
        Map<String, AliasTarget> aliases = new HashMap<>();
        admin.registered(name)
                .aliases()
                .forEach((alias, to) -> aliases.put(alias, new AliasTarget(to.version(), to.previous())));
        return new ModelStatus(name, model.versions().stream().map(this::signed).toList(), List.of(), "", aliases);
    }

    private VersionStatus signed(VersionStatus version) {
        String failed = unloadable.get(version.version());
        VersionState state = loading.contains(version.version()) ? VersionState.LOADING : version.state();
        return new VersionStatus(
                version.version(),
                failed == null ? state : VersionState.UNAVAILABLE,
                failed == null ? version.reason() : failed,
                version.device(),
                signatures.get(version.version()),
                null);
    }
}
