package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.fast.FastRoute;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the path of an inference addresses, in one generation of the routes. Confined to one event loop.
final class InferTarget {
    private static final int KEPT_FORMS = 16;

    private final long generation;
    private final String model;
    private final boolean predicts;
    private final @Nullable FastRoute route;
    private final List<InferForm> forms = new ArrayList<>(1);

    private InferTarget(long generation, String model, boolean predicts, @Nullable FastRoute route) {
        this.generation = generation;
        this.model = model;
        this.predicts = predicts;
        this.route = route;
    }

    static InferTarget of(String path, FastModels models, long generation) {
        try {
            Route addressed = Routes.find(path);
            boolean predicts = addressed != null && addressed.kind() == Route.Kind.PREDICT;
            if (addressed != null && (predicts || addressed.kind() == Route.Kind.INFER)) {
                FastRoute route = models.find(addressed.model(), addressed.version());
                return new InferTarget(generation, addressed.model(), predicts, route);
            }
        } catch (ServingException e) {
            // The general path says it to the caller.
        }
        return new InferTarget(generation, "", false, null);
    }

    long generation() {
        return generation;
    }

    /// Who answers `call`, and how its answers look.
    ///
    /// @return null if such requests take the general path
    @Nullable
    @SuppressWarnings("ReferenceEquality") // A version is one object.
    InferForm pick(RestCall call) {
        FastModel picked = route == null ? null : route.pick(call);
        if (picked == null) {
            return null;
        }
        for (int i = 0; i < forms.size(); i++) {
            if (forms.get(i).layout.model == picked) {
                return forms.get(i);
            }
        }
        if (forms.size() == KEPT_FORMS) {
            forms.removeFirst();
        }
        InferForm form = new InferForm(picked.layout(), model, predicts);
        forms.add(form);
        return form;
    }
}
