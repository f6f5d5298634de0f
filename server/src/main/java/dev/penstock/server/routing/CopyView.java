package dev.penstock.server.routing;

import dev.penstock.core.ModelKey;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.shadow.ShadowKey;
import dev.penstock.router.shadow.ShadowReport;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// What copies of a route's requests said of one version of a shadow, by what this server counted.
///
/// @param version that got them; 0 of one without any
/// @param spec null if it gets no copies any more
public record CopyView(
        String arm, String model, long version, @Nullable ShadowSpec spec, ShadowReport report) {
    private static final Comparator<ShadowKey> ORDER = Comparator.comparing(ShadowKey::arm)
            .thenComparing(key -> key.target().name())
            .thenComparing(key -> key.target().version(), Comparator.reverseOrder());

    /// Those that get copies now, in the route's order, then those that got some.
    ///
    /// @param answering the version that answers for an arm now; 0 for none
    static List<CopyView> all(
            RouteSpec route, ToLongFunction<ArmSpec> answering, Map<ShadowKey, ShadowCounts> counted) {
        Map<ShadowKey, ShadowCounts> rest = new HashMap<>(counted);
        List<CopyView> views = new ArrayList<>();
        for (ShadowSpec shadow : route.shadows()) {
            ShadowKey key = key(route, shadow.arm(), answering.applyAsLong(shadow.arm()));
            ShadowCounts counts = rest.remove(key);
            views.add(of(key, shadow, counts == null ? ShadowCounts.EMPTY : counts));
        }
        rest.keySet().stream()
                .sorted(ORDER)
                .forEach(key -> views.add(of(key, null, rest.getOrDefault(key, ShadowCounts.EMPTY))));
        return views;
    }

    /// Of whom nobody answers for what was not run is counted.
    private static ShadowKey key(RouteSpec route, ArmSpec arm, long version) {
        long known = version > 0 ? version : arm.target().version();
        return new ShadowKey(route.name(), arm.name(), new ModelKey(arm.target().model(), known));
    }

    private static CopyView of(ShadowKey key, @Nullable ShadowSpec spec, ShadowCounts counts) {
        return new CopyView(key.arm(), key.target().name(), key.target().version(), spec, ShadowReport.of(counts));
    }
}
