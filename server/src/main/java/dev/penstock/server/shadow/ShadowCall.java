package dev.penstock.server.shadow;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.router.split.Place;
import dev.penstock.server.fast.FastCall;
import dev.penstock.server.fast.ForwardedCall;
import dev.penstock.server.fast.Layout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call on the fast path that is copied: its inputs at once, as its door may need their memory before the
/// outcome, and its answer when it comes. Whatever goes wrong here, the call goes on.
final class ShadowCall extends ForwardedCall {
    private static final int GROUP_SHIFT = 58;
    private static final VarHandle ENDED = ended();

    private final Shadows shadows;
    private final RowCopy copy;

    /// Whether it has its outcome, or is to have none: who sets this has the room from then on.
    @SuppressWarnings("UnusedVariable") // written through ENDED
    private volatile boolean ended;

    private static VarHandle ended() {
        try {
            return MethodHandles.lookup().findVarHandle(ShadowCall.class, "ended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private ShadowCall(Shadows shadows, FastCall call, RowCopy copy) {
        super(call);
        this.shadows = shadows;
        this.copy = copy;
    }

    /// @param targets at least one
    /// @return null if there is no room for it, which is counted
    static @Nullable ShadowCall of(Shadows shadows, List<ShadowTarget> targets, FastCall call, Layout layout) {
        long bytes = RowCopy.weight(layout, call.rows());
        if (!shadows.takeRoom(targets, bytes)) {
            return null;
        }
        try {
            int group = (int) (Place.hash2(call.routed()) >>> GROUP_SHIFT);
            return new ShadowCall(shadows, call, RowCopy.of(targets, call, layout, group, shadows.nanoTime()));
        } catch (RuntimeException | OutOfMemoryError e) {
            shadows.lost(targets, bytes, e);
            return null;
        }
    }

    private boolean end() {
        return ENDED.compareAndSet(this, false, true);
    }

    /// It has no outcome here.
    void giveUp() {
        if (end()) {
            shadows.give(copy.bytes());
        }
    }

    /// It was not answered.
    void unanswered() {
        if (end()) {
            shadows.give(copy.bytes());
            shadows.unanswered(copy.targets());
        }
    }

    @Override
    public void completed(BatchOutputs outputs, int firstRow) {
        // Before: they are the run's, and given back once they are read.
        boolean copied = end() && copied(outputs, firstRow);
        try {
            super.completed(outputs, firstRow);
        } finally {
            // Whatever the outcome threw: only who is offered it gives its room back.
            if (copied) {
                shadows.offer(copy);
            }
        }
    }

    private boolean copied(BatchOutputs outputs, int firstRow) {
        try {
            copy.answered(outputs, firstRow);
            return true;
        } catch (RuntimeException e) {
            shadows.lost(copy.targets(), copy.bytes(), e);
            return false;
        }
    }

    @Override
    public void failed(ErrorCode code, String message) {
        unanswered();
        super.failed(code, message);
    }
}
