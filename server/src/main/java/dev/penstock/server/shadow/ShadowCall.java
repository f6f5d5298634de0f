package dev.penstock.server.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.Place;
import dev.penstock.server.fast.CopiedRows;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.ForwardedCall;
import dev.penstock.server.fast.Layout;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A call on the fast path that is copied: its inputs at once, as its door may need their memory before the
/// outcome,
/// and its answer when it comes. Whatever goes wrong here, the call goes on.
final class ShadowCall extends ForwardedCall {
    private final Shadows shadows;
    private final Layout layout;
    private final List<ShadowTarget> targets;
    private final List<Tensor> inputs;
    private final int group;
    private final long arrivedNanos;
    private final long bytes;

    /// Whether it has its outcome, or is to have none: who sets this has the room from then on.
    private final AtomicBoolean ended = new AtomicBoolean();

    private ShadowCall(
            Shadows shadows,
            FastCall call,
            Layout layout,
            List<ShadowTarget> targets,
            List<Tensor> inputs,
            long bytes) {
        super(call);
        this.shadows = shadows;
        this.layout = layout;
        this.targets = targets;
        this.inputs = inputs;
        this.group = (int) (Place.hash2(call.routed()) >>> 58);
        this.arrivedNanos = shadows.nanoTime();
        this.bytes = bytes;
    }

    /// @return null if there is no room for it, which is counted
    static @Nullable ShadowCall of(Shadows shadows, BoundRoute route, FastCall call, Layout layout) {
        List<ShadowTarget> targets = ShadowPick.of(route, Place.hash2(call.routed()));
        long bytes = ShadowCopy.weight(layout, call.rows());
        return shadows.copied(
                targets,
                bytes,
                () -> new ShadowCall(shadows, call, layout, targets, CopiedRows.inputs(call, layout), bytes));
    }

    /// It has no outcome here.
    void giveUp() {
        if (ended.compareAndSet(false, true)) {
            shadows.give(bytes);
        }
    }

    /// It was not answered.
    void unanswered() {
        if (ended.compareAndSet(false, true)) {
            shadows.give(bytes);
            shadows.unanswered(targets);
        }
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        // Before: they are the run's, and given back once they are read.
        ShadowCopy copy = ended.compareAndSet(false, true) ? copy(outputs, firstRow) : null;
        try {
            super.completed(outputs, firstRow);
        } finally {
            // Whatever the outcome threw: only who is offered it gives its room back.
            if (copy != null) {
                shadows.offer(copy);
            }
        }
    }

    private @Nullable ShadowCopy copy(BatchOutputs outputs, int firstRow) {
        return shadows.completed(
                targets,
                bytes,
                () -> new ShadowCopy(
                        targets,
                        group,
                        inputs,
                        List.of(),
                        new InferenceReply(layout.model.key(), CopiedRows.outputs(layout, rows(), outputs, firstRow)),
                        outputs.endedNanos() - outputs.startedNanos(),
                        arrivedNanos,
                        bytes));
    }

    @Override
    public void failed(ErrorCode code, String message) {
        unanswered();
        super.failed(code, message);
    }
}
