package dev.penstock.server.arms;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ReplySink;
import dev.penstock.core.batching.Offer;
import dev.penstock.router.RequestTap;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.FastTap;
import dev.penstock.server.fast.Layout;
import dev.penstock.server.shadow.Shadows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All who want to see requests, on both paths: of routes, those who read and copy them; of models, others.
///
/// @param requests see them on the general path, around the rest
/// @param calls see them on the fast path
public record RouteTaps(Predictions predictions, Shadows shadows, RequestTap requests, FastTap.Source calls)
        implements RequestTap, FastTap.Source {
    @Override
    public ReplySink around(InferenceRequest request, @Nullable BoundRoute route, ReplySink sink) {
        ReplySink seen = shadows.around(request, route, predictions.around(request, route, sink));
        return requests.around(request, route, seen);
    }

    // The others' sinks hold nothing before the outcome.
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
        FastTap copying = shadows.of(route);
        FastTap reading = predictions.of(route);
        return copying == null || reading == null ? copying == null ? reading : copying : new Both(copying, reading);
    }

    @Override
    public List<String> headers() {
        return calls.headers();
    }

    /// Of which only the outer one has anything to give back where a call is not taken.
    private record Both(FastTap outer, FastTap inner) implements FastTap {
        @Override
        public FastCall around(FastCall call, Layout layout) {
            return outer.around(inner.around(call, layout), layout);
        }

        @Override
        public void untaken(FastCall call) {
            outer.untaken(call);
        }

        @Override
        public void refused(FastCall call, Offer answer) {
            outer.refused(call, answer);
        }
    }
}
