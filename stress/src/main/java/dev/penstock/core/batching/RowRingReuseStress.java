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

/// The ticker looks at a slot while a worker empties it and a producer fills it again: what came later is not taken
/// for what was late.
@JCStressTest
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "one outcome each, and the new one ran")
@Outcome(expect = FORBIDDEN)
@State
public class RowRingReuseStress {
    private final RowRing ring = new RowRing(StressModel.LAYOUT, 1, QueuePolicy.STANDARD, false);
    private final Batch batch = StressModel.newBatch();
    private final StressCall late = StressCall.until(10);
    private final StressCall next = StressCall.of(1);
    private final boolean filled = ring.tryPut(late, 1, 0, 10);
    private boolean nextTaken;

    @Actor
    public void sealAndPut() {
        StressModel.consume(ring, batch, 5);
        nextTaken = ring.tryPut(next, 1, 0, Lane.NO_DEADLINE);
    }

    @Actor
    public void sweep() {
        ring.sweep(20, (call, why) -> call.failed(why, ""));
    }

    @Arbiter
    public void judge(III_Result seen) {
        StressModel.consume(ring, batch, 5);
        seen.r1 = filled ? late.outcomes() : -1;
        seen.r2 = nextTaken ? 1 : 0;
        seen.r3 = next.completions() - 10 * next.failures();
    }
}
