package dev.penstock.server.shadow;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ForwardingSink;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.router.arms.AssignmentReason;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.server.fast.CopiedRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Copies a request of the general path, and what it was answered, once it is. Whatever goes wrong here, the
/// request goes on.
final class ShadowSink extends ForwardingSink {
    private final Shadows shadows;
    private final BoundRoute route;
    private final InferenceRequest request;
    private final long arrivedNanos;

    /// Written before the request is handed on, as what comes after is before the outcome.
    private List<ShadowTarget> targets = List.of();

    /// Whether the route's conditions do not hold for it, whichever arm runs it in the end.
    private boolean outside;

    private int group;
    private long primaryNanos;

    /// @param request whose inputs are there until its outcome
    ShadowSink(Shadows shadows, BoundRoute route, InferenceRequest request, ReplySink sink, long arrivedNanos) {
        super(sink);
        this.shadows = shadows;
        this.route = route;
        this.request = request;
        this.arrivedNanos = arrivedNanos;
    }

    @Override
    public void assigned(Assigned arm) {
        outside |= arm.reason().equals(AssignmentReason.NO_MATCH.text());
        targets = outside ? List.of() : ShadowPick.of(route, arm.hash2());
        group = arm.group();
        super.assigned(arm);
    }

    @Override
    public void resolved(ModelKey version) {
        targets = ShadowPick.others(route, targets, version);
        super.resolved(version);
    }

    @Override
    public void ran(int rows, int runRows, long startedNanos, long endedNanos) {
        // Among others, it says nothing of how long a run of its own takes.
        primaryNanos = runRows == rows ? endedNanos - startedNanos : 0;
        super.ran(rows, runRows, startedNanos, endedNanos);
    }

    @Override
    public void reply(InferenceReply reply) {
        // Before: what it is in may be the door's to use again. It is asked about after the caller has it.
        ShadowCopy copy = targets.isEmpty() ? null : copy(reply);
        try {
            super.reply(reply);
        } finally {
            // Whatever the outcome threw: only who is offered it gives its room back.
            if (copy != null) {
                shadows.offer(copy);
            }
        }
    }

    private @Nullable ShadowCopy copy(InferenceReply reply) {
        long bytes = ShadowCopy.weight(request.inputs()) + ShadowCopy.weight(reply.outputs());
        if (!shadows.takeRoom(targets, bytes)) {
            return null;
        }
        try {
            return new TensorCopy(
                    targets,
                    group,
                    CopiedRows.copies(request.inputs()),
                    request.outputs(),
                    new InferenceReply(reply.key(), CopiedRows.copies(reply.outputs())),
                    primaryNanos,
                    arrivedNanos,
                    bytes);
        } catch (RuntimeException | OutOfMemoryError e) {
            shadows.lost(targets, bytes, e);
            return null;
        }
    }

    @Override
    public void fail(ErrorCode code, String message) {
        shadows.unanswered(targets);
        super.fail(code, message);
    }
}
