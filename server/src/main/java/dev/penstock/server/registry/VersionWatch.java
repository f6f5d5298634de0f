package dev.penstock.server.registry;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.Signature;
import dev.penstock.server.admin.LifecyclePhase;
import org.jspecify.annotations.Nullable;

/// Follows versions through their lives, and may keep them from serving. On the loader thread.
interface VersionWatch {
    VersionWatch NONE = new VersionWatch() {
        @Override
        public void phase(ModelKey version, LifecyclePhase phase, String detail) {
            // Nobody asked.
        }

        @Override
        public void admit(
                ModelKey version, VersionLoader.Loaded loaded, ModelSettings settings, @Nullable Signature before) {
            // Everybody may.
        }

        @Override
        public void unloadable(ModelKey version, String reason) {
            // It is its status that tells.
        }
    };

    /// A version has come to another phase.
    void phase(ModelKey version, LifecyclePhase phase, String detail);

    /// A version is loaded and would serve now. Blocks as long as it is looked at.
    ///
    /// @param before what callers send now to the version it follows; null if there is none
    /// @throws ModelLoadException if it must not serve
    void admit(ModelKey version, VersionLoader.Loaded loaded, ModelSettings settings, @Nullable Signature before);

    /// A version's files are here, but it cannot be loaded.
    void unloadable(ModelKey version, String reason);
}
