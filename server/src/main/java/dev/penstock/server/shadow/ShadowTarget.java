package dev.penstock.server.shadow;

import dev.penstock.core.ModelKey;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import org.jspecify.annotations.Nullable;

/// Who gets a copy.
///
/// @param key under which its copies are counted
/// @param version null if nobody is ready
record ShadowTarget(
        ShadowKey key, ShadowSpec spec, @Nullable VersionHandle version) {
    static ShadowTarget of(String route, ShadowSpec spec, @Nullable VersionHandle version) {
        Target target = spec.arm().target();
        // Of what nobody answers for, the version may be unknown.
        ModelKey key = version == null ? new ModelKey(target.model(), target.version()) : version.key();
        return new ShadowTarget(new ShadowKey(route, spec.arm().name(), key), spec, version);
    }
}
