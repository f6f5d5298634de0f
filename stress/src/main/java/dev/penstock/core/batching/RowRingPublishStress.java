package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.QueuePolicy;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// Two producers, one of which is the worker too, share a ring with room for two rows: whoever was let in is answered
/// once.
@JCStressTest
@Outcome(
        id = {"1, 0", "2, 0"},
        expect = ACCEPTABLE,
        desc = "one was let in, the other found the ring full")
@Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "the worker made room between the two")
@Outcome(expect = FORBIDDEN, desc = "lost, answered twice, or both refused")
@State
public class RowRingPublishStress {
    private final RowRing ring = new RowRing(StressModel.LAYOUT, 2, QueuePolicy.STANDARD, false);
    private final Batch batch = StressModel.newBatch();
    private final StressCall first = StressCall.of(1);
    private final StressCall second = StressCall.of(2);
    private boolean firstTaken;
    private boolean secondTaken;

    @Actor
    public void putOneRow() {
        firstTaken = ring.tryPut(first, 1, 0, Lane.NO_DEADLINE);
    }

    @Actor
    public void putTwoRowsAndConsume() {
        secondTaken = ring.tryPut(second, 2, 0, Lane.NO_DEADLINE);
        StressModel.consume(ring, batch, 0);
    }

    @Arbiter
    public void judge(II_Result seen) {
        StressModel.consume(ring, batch, 0);
        seen.r1 = (firstTaken ? 1 : 0) + (secondTaken ? 2 : 0);
        seen.r2 = wrong(first, firstTaken) + wrong(second, secondTaken);
    }

    private static int wrong(StressCall call, boolean taken) {
        return call.completions() == (taken ? 1 : 0) && call.failures() == 0 ? 0 : 1;
    }
}
