package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One version as the registry knows it. Immutable.
///
/// @param wanted whether it should serve, so that callers who find it not ready may come again
/// @param serving what answers; null unless it is ready
record VersionEntry(
        VersionStatus status, boolean wanted, @Nullable Serving serving) {
    /// A version in memory, and what it was made from.
    ///
    /// @param front what callers meet: the version, or a cache in front of it
    record Serving(LoadedVersion version, VersionHandle front, ModelSettings settings, List<FileStamp> files) {
        Serving {
            files = List.copyOf(files);
        }

        boolean isFrom(@Nullable VersionFolder folder, ModelSettings wished) {
            return folder != null
                    && folder.problem().isEmpty()
                    && FileStamp.areSame(folder.files(), files)
                    && wished.loadsLike(settings);
        }
    }

    static VersionEntry ready(long number, Serving serving, ModelConfig config) {
        Signature signature = serving.version().signature();
        return new VersionEntry(
                new VersionStatus(
                        number,
                        VersionState.READY,
                        "",
                        serving.settings().device(),
                        signature,
                        config,
                        serving.version()::remarks),
                true,
                serving);
    }

    static VersionEntry loading(long number, Device device) {
        return new VersionEntry(new VersionStatus(number, VersionState.LOADING, "", device, null, null), true, null);
    }

    static VersionEntry unavailable(long number, Device device, String reason, boolean wanted) {
        return new VersionEntry(
                new VersionStatus(number, VersionState.UNAVAILABLE, reason, device, null, null), wanted, null);
    }

    /// Not serving any more; what was known of it stays known.
    VersionEntry stopped(VersionState state, String reason) {
        List<String> last = status.remarks();
        return new VersionEntry(withState(state, reason, () -> last), false, null);
    }

    /// Serving on, though what should have taken its place did not load.
    VersionEntry keptBecause(String failure) {
        return new VersionEntry(
                withState(status.state(), "the last load failed: " + failure, status.seen()), wanted, serving);
    }

    private VersionStatus withState(VersionState state, String reason, Supplier<List<String>> seen) {
        return new VersionStatus(
                status.version(), state, reason, status.device(), status.signature(), status.config(), seen);
    }

    boolean isUnloading() {
        return status.state() == VersionState.UNLOADING;
    }
}
