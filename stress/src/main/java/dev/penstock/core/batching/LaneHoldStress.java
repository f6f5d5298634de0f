package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.QueueLevels;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A worker holds a row back for company, which comes at that moment and fills the batch: it goes at once, and not only
/// when the ticker looks.
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both ran")
@Outcome(
        id = "1, 0",
        expect = ACCEPTABLE_INTERESTING,
        desc = "the second was claimed and not published when the first went; now it waits for company")
@Outcome(expect = FORBIDDEN, desc = "both wait though the batch is full, or one ran twice")
@State
public class LaneHoldStress {
    private final Workers workers = new Workers(2, () -> 0);
    private final Lane lane = new Lane(
            new StressModel(), new LaneSettings(2, 8, 1000, QueueLevels.ONE), false, workers, LaneShared.alone());
    private final Thread worker = new Thread();
    private final Thread other = new Thread();
    private final StressCall first = StressCall.of(1);
    private final StressCall second = StressCall.of(1);
    private final Offer offered = lane.offer(first, 0, 0);

    @Actor
    public void work() {
        LaneActions.work(workers, worker, 0);
    }

    @Actor
    public void offer(II_Result seen) {
        seen.r2 = LaneActions.offer(lane, second);
    }

    @Arbiter
    public void judge(II_Result seen) {
        LaneActions.workAll(workers, other, 1);
        seen.r1 = offered == Offer.TAKEN ? first.outcomes() : -1;
        seen.r2 += second.outcomes();
    }
}
