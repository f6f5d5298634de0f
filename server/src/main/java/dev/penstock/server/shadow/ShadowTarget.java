package dev.penstock.server.shadow;

import dev.penstock.core.ModelKey;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import org.jspecify.annotations.Nullable;

/// Who gets a copy.
///
/// @param key under which its copies are counted
/// @param version null if nobody is ready
/// @param rolled whether a rollout made it: that compares with the default arm, and not one candidate with
///     another
record ShadowTarget(
        ShadowKey key, ShadowSpec spec, @Nullable VersionHandle version, boolean rolled) {
    static ShadowTarget of(RouteSpec route, ShadowSpec spec, @Nullable VersionHandle version) {
        Target target = spec.arm().target();
        // Of what nobody answers for, the version may be unknown.
        ModelKey key = version == null ? new ModelKey(target.model(), target.version()) : version.key();
        String arm = spec.arm().name();
        boolean rolled = route.rolled().arms().contains(arm);
        return new ShadowTarget(new ShadowKey(route.name(), arm, key), spec, version, rolled);
    }

    /// Whether it gets a copy of what that version answered.
    ///
    /// @param standard the default arm's; null if nobody answers for it
    boolean learnsFrom(ModelKey answered, @Nullable ModelKey standard) {
        return !key.target().equals(answered) && (!rolled || answered.equals(standard));
    }
}
