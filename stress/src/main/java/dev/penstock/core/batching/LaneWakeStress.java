package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.NanoClock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// Who has a lane run: whoever was let in is run, though nobody comes after.
public class LaneWakeStress {
    private LaneWakeStress() {}

    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both ran")
    @Outcome(expect = FORBIDDEN, desc = "a wake-up was lost, or a request ran twice")
    @State
    public static class WhileAWorkerLetsGo extends Queue {
        private final int early = LaneActions.offer(lane, first);

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
            seen.r1 = early;
            report(seen);
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both ran")
    @Outcome(expect = FORBIDDEN, desc = "a wake-up was lost, or a request ran twice")
    @State
    public static class FromTwoDoors extends Queue {
        @Actor
        public void offer(II_Result seen) {
            seen.r1 = LaneActions.offer(lane, first);
        }

        @Actor
        public void offerAndWork(II_Result seen) {
            seen.r2 = LaneActions.offer(lane, second);
            LaneActions.work(workers, worker, 0);
        }

        @Arbiter
        public void judge(II_Result seen) {
            report(seen);
        }
    }

    /// A lane whose workers are the actors.
    abstract static class Queue {
        final Workers workers = new Workers(2, NanoClock.SYSTEM);
        final Lane lane = new Lane(new StressModel(), LaneSettings.of(8, 8), false, workers, LaneShared.alone());
        final Thread worker = new Thread();
        final StressCall first = StressCall.of(1);
        final StressCall second = StressCall.of(1);
        private final Thread other = new Thread();

        final void report(II_Result seen) {
            LaneActions.workAll(workers, other, 1);
            seen.r1 += first.outcomes();
            seen.r2 += second.outcomes();
        }
    }
}
