package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// A request comes while the lane closes: it is refused, or it is run before the lane says that it is closed.
@JCStressTest
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "refused")
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "taken and run")
@Outcome(expect = FORBIDDEN, desc = "taken and lost, run after the end, or never closed")
@State
public class LaneCloseStress {
    private final Workers workers = new Workers(2, () -> 0);
    private final Lane lane = new Lane(new StressModel(), LaneSettings.of(8, 8), false, workers, LaneShared.alone());
    private final Thread worker = new Thread();
    private final Thread other = new Thread();
    private final StressCall call = StressCall.of(1);
    private boolean taken;
    private boolean drainedAtOnce;

    @Actor
    public void offerAndWork() {
        taken = lane.offer(call, 0, 0) == Offer.TAKEN;
        LaneActions.work(workers, worker, 0);
    }

    @Actor
    public void close() {
        CompletableFuture<Void> drained = lane.close();
        lane.tick(0);
        drainedAtOnce = drained.isDone();
    }

    @Arbiter
    public void judge(III_Result seen) {
        int before = call.outcomes();
        LaneActions.workAll(workers, other, 1);
        seen.r1 = call.outcomes();
        seen.r2 = (taken ? 1 : 0) - call.outcomes() + (drainedAtOnce && call.outcomes() > before ? 10 : 0);
        lane.tick(0);
        seen.r3 = lane.close().isDone() ? 1 : 0;
    }
}
