package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.QueuePolicy;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// A worker seals while the ticker takes out who is late or gone: one of them answers, once.
public class RowRingExpiryStress {
    private RowRingExpiryStress() {}

    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "it ran")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "it was late")
    @Outcome(expect = FORBIDDEN, desc = "no outcome, or two")
    @State
    public static class Late extends Queue {
        @Actor
        public void seal() {
            consume();
        }

        @Actor
        public void sweep() {
            sweep(20);
        }

        @Arbiter
        public void judge(III_Result seen) {
            report(seen);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "it ran")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "its caller was gone")
    @Outcome(expect = FORBIDDEN, desc = "no outcome, or two")
    @State
    public static class Abandoned extends Queue {
        @Actor
        public void seal() {
            consume();
        }

        @Actor
        public void sweep() {
            call.abandon();
            sweep(5);
        }

        @Arbiter
        public void judge(III_Result seen) {
            report(seen);
        }
    }

    /// Two requests that wait; the first has a deadline.
    abstract static class Queue {
        final StressCall call = StressCall.until(10);
        private final RowRing ring = new RowRing(StressModel.LAYOUT, 4, QueuePolicy.STANDARD, false);
        private final Batch batch = StressModel.newBatch();
        private final StressCall next = StressCall.of(1);
        private final boolean filled = ring.tryPut(call, 1, 0, 10) && ring.tryPut(next, 1, 0, Lane.NO_DEADLINE);

        final void consume() {
            StressModel.consume(ring, batch, 5);
        }

        final void sweep(long nowNanos) {
            ring.sweep(nowNanos, (late, why) -> late.failed(why, ""));
        }

        final void report(III_Result seen) {
            consume();
            seen.r1 = call.completions();
            seen.r2 = call.failures();
            seen.r3 = filled ? next.completions() : -1;
        }
    }
}
