package dev.penstock.server.arms;

import dev.penstock.core.Assigned;
import dev.penstock.core.ForwardingSink;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.ReplySink;
import dev.penstock.core.VersionHandle;
import dev.penstock.router.split.BoundRoute;
import org.jspecify.annotations.Nullable;

/// Has the answer of a request on the general path read.
final class PredictionSink extends ForwardingSink {
    private final Predictions predictions;
    private final BoundRoute route;

    /// Written before the request is handed on, as what comes after is before the outcome.
    private @Nullable Assigned arm;

    PredictionSink(Predictions predictions, BoundRoute route, ReplySink sink) {
        super(sink);
        this.predictions = predictions;
        this.route = route;
    }

    @Override
    public void assigned(Assigned newArm) {
        arm = newArm.byChance() && newArm.index() < route.arms().size() ? newArm : null;
        super.assigned(newArm);
    }

    @Override
    public void reply(InferenceReply reply) {
        Assigned dealt = arm;
        if (dealt != null) {
            BoundRoute.Arm told = route.arms().get(dealt.index());
            VersionHandle version = told.version();
            if (version != null && told.observer().wantsPrediction(dealt.bucket())) {
                predictions.tell(told.observer(), dealt.bucket(), version.signature(), reply.key(), () -> reply);
            }
        }
        super.reply(reply);
    }
}
