package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.QueueLevels;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// The ticker ends a lane's wait while a full batch does: one of them hands it to the workers, so that only one of
/// these takes rows out.
@JCStressTest
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "handed on once")
@Outcome(expect = FORBIDDEN, desc = "handed on twice, or never")
@State
public class LaneLatchStress {
    private volatile long nowNanos;
    private final Workers workers = new Workers(2, () -> nowNanos);
    private final Lane lane = new Lane(
            new StressModel(), new LaneSettings(2, 8, 1000, QueueLevels.ONE), false, workers, LaneShared.alone());
    private final Thread worker = new Thread();
    private final StressCall first = StressCall.of(1);
    private final StressCall second = StressCall.of(1);
    private final boolean held = LaneActions.offer(lane, first) == 0 && LaneActions.work(workers, worker, 0);

    @Actor
    public void tick() {
        lane.tick(2000);
    }

    @Actor
    public void offer(II_Result seen) {
        seen.r2 = LaneActions.offer(lane, second);
    }

    @Arbiter
    public void judge(II_Result seen) {
        nowNanos = 2000;
        Work handed = workers.poll(worker);
        Work again = workers.poll(worker);
        seen.r1 = (held && handed != null ? 1 : 0) + (again != null ? 1 : 0);
        if (handed != null) {
            handed.work(0);
        }
        LaneActions.workAll(workers, worker, 0);
        seen.r2 += first.outcomes() + second.outcomes();
    }
}
