package dev.penstock.server.fast;

import dev.penstock.core.VersionHandle;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A route all of whose arms have a fast path, and take the same calls: so whether a call takes it does not
/// depend on its arm, which a call without a unit would be dealt anew elsewhere.
final class SplitFastRoute implements FastRoute {
    private final BoundRoute route;

    /// By arm; null where it is not ready, and the route sends nobody.
    private final List<@Nullable FastModel> versions;

    /// By [Place#code]; made when first needed.
    private final AtomicReferenceArray<@Nullable ArmModel> models = new AtomicReferenceArray<>(Place.CODES);

    private SplitFastRoute(BoundRoute route, List<@Nullable FastModel> versions) {
        this.route = route;
        this.versions = versions;
    }

    /// @param fast a version's fast path, or null
    /// @return null if the route's calls take the general path
    static @Nullable SplitFastRoute of(BoundRoute route, Function<VersionHandle, @Nullable FastModel> fast) {
        if (route.split().needsBody() || route.hasFallback()) {
            return null;
        }
        List<@Nullable FastModel> versions = new ArrayList<>();
        @Nullable Layout first = null;
        for (BoundRoute.Arm arm : route.arms()) {
            @Nullable VersionHandle handle = arm.version();
            @Nullable FastModel version = handle == null ? null : fast.apply(handle);
            versions.add(version);
            if (version == null) {
                if (handle != null || versions.size() == 1) {
                    return null;
                }
                continue;
            }
            Layout layout = version.layout();
            if (first != null && !(first.takesCallsOf(layout) && layout.takesCallsOf(first))) {
                return null;
            }
            first = layout;
        }
        return new SplitFastRoute(route, versions);
    }

    @Override
    public @Nullable FastModel pick(FastCall call) {
        long place = route.place(call);
        call.assigned(place);
        @Nullable ArmModel model = models.getAcquire(Place.code(place));
        return model == null ? made(place) : model;
    }

    /// Two that begin at once may each make one; either does.
    private @Nullable ArmModel made(long place) {
        @Nullable FastModel version = versions.get(Place.arm(place));
        if (version == null) {
            return null;
        }
        ArmModel model = new ArmModel(version, new FastArm(route, place));
        models.setRelease(Place.code(place), model);
        return model;
    }
}
