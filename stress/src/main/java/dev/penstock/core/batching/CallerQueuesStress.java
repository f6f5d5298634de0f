package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// The consumer takes out of the callers' queues, and puts others into the places that came free, while the ticker
/// looks for who is late: whoever takes a request answers it, once, and nobody is taken for who was there before.
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "it ran, and so did who came to its place")
@Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "it was late, and who came to its place ran")
@Outcome(expect = FORBIDDEN, desc = "no outcome, two, or another one's")
@State
public class CallerQueuesStress {
    private static final long DEADLINE_NANOS = 10;

    private final CallerQueues queues = new CallerQueues(StressModel.LAYOUT, 1, false);
    private final Batch batch = StressModel.newBatch();
    private final StressCall late = StressCall.until(DEADLINE_NANOS);
    private final StressCall next = StressCall.of(1);

    public CallerQueuesStress() {
        add(late, DEADLINE_NANOS);
    }

    private void add(StressCall call, long deadlineNanos) {
        Slot taken = new Slot();
        taken.fill(0, call, 0, 1, 0, deadlineNanos, Lane.NO_DEADLINE);
        queues.add(taken, call, null, 0);
    }

    @Actor
    public void consume() {
        StressModel.consume(queues, batch, 5);
        add(next, Lane.NO_DEADLINE);
    }

    @Actor
    public void sweep() {
        queues.sweep(20, (call, why) -> call.failed(why, ""));
    }

    @Arbiter
    public void judge(III_Result seen) {
        StressModel.consume(queues, batch, 5);
        seen.r1 = late.completions();
        seen.r2 = late.failures();
        seen.r3 = next.completions() - next.failures();
    }
}
