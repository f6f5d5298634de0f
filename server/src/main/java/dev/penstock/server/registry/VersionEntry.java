package dev.penstock.server.registry;

import dev.penstock.core.Device;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.server.admin.MemoryStatus;
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
    private static final List<String> ASLEEP = List.of("on demand: it is loaded when it is asked for");

    /// A version in memory, or one that is brought there when it is asked for, and what it is made from.
    ///
    /// @param version null while it is not in memory
    /// @param front what callers meet: the version, a cache in front of it, or what has it loaded
    /// @param folder as it was when this came to serve
    record Serving(@Nullable LoadedVersion version, VersionHandle front, ModelSettings settings, ModelFolder folder) {
        private List<FileStamp> files() {
            VersionFolder made = folder.version(front.key().version());
            return made == null ? List.of() : made.files();
        }

        /// Whether others may have its room, if it has any.
        boolean isOnDemand() {
            return version == null || version.isOnDemand();
        }

        /// Whether nothing is to be done for settings that load it as before.
        boolean isAwakeOrHas(ModelSettings wished) {
            return version != null || settings.equals(wished);
        }

        boolean isFrom(@Nullable VersionFolder wanted, ModelSettings wished) {
            return wanted != null
                    && wanted.problem().isEmpty()
                    && FileStamp.areSame(wanted.files(), files())
                    && wished.loadsLike(settings);
        }
    }

    /// @param version what is in memory
    static VersionEntry ready(
            LoadedVersion version, Serving serving, ModelConfig config, @Nullable MemoryStatus memory) {
        long number = version.key().version();
        VersionStatus status = new VersionStatus(
                number,
                VersionState.READY,
                "",
                serving.settings().device(),
                version.signature(),
                config,
                version::remarks,
                memory);
        return new VersionEntry(status, true, serving);
    }

    /// Not in memory, and loaded when it is asked for.
    ///
    /// @param signature null if it was never loaded, and so is `config`
    static VersionEntry asleep(
            long number,
            Serving serving,
            @Nullable Signature signature,
            @Nullable ModelConfig config,
            MemoryStatus memory) {
        VersionStatus status = new VersionStatus(
                number, VersionState.READY, "", serving.settings().device(), signature, config, () -> ASLEEP, memory);
        return new VersionEntry(status, true, serving);
    }

    /// The same version, out of memory until it is asked for.
    VersionEntry asleep(Serving sleeping) {
        MemoryStatus had = status.memory();
        MemoryStatus memory = had == null
                ? new MemoryStatus(0, -1, false, true)
                : new MemoryStatus(had.predictedBytes(), had.measuredBytes(), false, true);
        return asleep(status.version(), sleeping, status.signature(), status.config(), memory);
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

    /// Whether it does not serve that should, or only what it was before does.
    boolean lastLoadFailed() {
        return status.failed() || (serving != null && !status.reason().isEmpty());
    }

    private VersionStatus withState(VersionState state, String reason, Supplier<List<String>> seen) {
        return new VersionStatus(
                status.version(),
                state,
                reason,
                status.device(),
                status.signature(),
                status.config(),
                seen,
                status.memory());
    }

    boolean isUnloading() {
        return status.state() == VersionState.UNLOADING;
    }
}
