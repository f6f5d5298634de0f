package dev.penstock.server.admin;

import dev.penstock.core.Device;
import dev.penstock.core.Signature;
import dev.penstock.proto.inference.ModelConfig;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One version of a model.
///
/// @param reason why it is in that state, or ""
/// @param signature what callers must send; null until it was loaded once
/// @param config the effective configuration, defaults filled in; null until it was loaded once
/// @param seen how it is run: why its requests are not batched, say. Asked by whoever reads it: rows of new
///     shapes are tried out while it serves
/// @param memory what it takes of it; null if that is not known
public record VersionStatus(
        long version,
        VersionState state,
        String reason,
        Device device,
        @Nullable Signature signature,
        @Nullable ModelConfig config,
        Supplier<List<String>> seen,
        @Nullable MemoryStatus memory) {
    /// The reason of a version that no policy and nobody wanted.
    public static final String NOT_ASKED_FOR = "not asked for";

    /// The reason of a version that was taken out on purpose.
    public static final String UNLOADED = "unloaded";

    /// Without remarks, and not in memory.
    public VersionStatus(
            long version,
            VersionState state,
            String reason,
            Device device,
            @Nullable Signature signature,
            @Nullable ModelConfig config) {
        this(version, state, reason, device, signature, config, List::of, null);
    }

    /// How it is run, as of now.
    public List<String> remarks() {
        return seen.get();
    }

    /// Whether it is in memory now, as far as that is known.
    public boolean inMemory() {
        return memory != null && memory.loaded() && state != VersionState.UNAVAILABLE;
    }

    /// Whether it was wanted and could not be had.
    public boolean failed() {
        boolean meant = reason.isEmpty() || reason.equals(NOT_ASKED_FOR) || reason.equals(UNLOADED);
        return state == VersionState.UNAVAILABLE && !meant;
    }
}
