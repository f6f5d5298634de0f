package dev.penstock.server.shadow;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ReplySink;
import dev.penstock.router.RequestTap;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.server.fast.FastTap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shadows beside others who want to see requests, on both paths.
///
/// @param requests see them on the general path, before what they get reaches the shadows
/// @param calls see them on the fast path
public record ShadowedRequests(Shadows shadows, RequestTap requests, FastTap.Source calls)
        implements RequestTap, FastTap.Source {
    @Override
    public ReplySink around(InferenceRequest request, ReplySink sink) {
        return requests.around(request, shadows.around(request, sink));
    }

    // A sink of the shadows holds nothing before the outcome.
    @Override
    public void untaken(ReplySink sink) {
        requests.untaken(sink);
    }

    @Override
    public @Nullable FastTap of(String model) {
        return calls.of(model);
    }

    @Override
    public @Nullable FastTap of(BoundRoute route) {
        return route.shadows().isEmpty() ? null : new ShadowTap(shadows, route);
    }

    @Override
    public List<String> headers() {
        return calls.headers();
    }
}
