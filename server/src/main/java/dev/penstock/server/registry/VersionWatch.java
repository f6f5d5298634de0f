package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.server.admin.LifecyclePhase;

/// Follows versions through their lives. On the loader thread; must not block.
@FunctionalInterface
interface VersionWatch {
    VersionWatch NONE = (version, phase, detail) -> {};

    /// A version has come to another phase.
    void phase(ModelKey version, LifecyclePhase phase, String detail);
}
