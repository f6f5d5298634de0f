package dev.penstock.server.fast;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// Outcomes come from elsewhere and from the thread of the loop, which takes some meanwhile: every call is settled
/// once, by no more wake-ups than calls.
@JCStressTest
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "both settled, by one wake-up")
@Outcome(id = "1, 1, 2", expect = ACCEPTABLE, desc = "both settled, the loop looked in between")
@Outcome(expect = FORBIDDEN, desc = "an outcome was lost or settled twice")
@State
public class CompletionsStress {
    private final ConcurrentLinkedQueue<Runnable> eventLoop = new ConcurrentLinkedQueue<>();
    private final Completions<Call> completions = new Completions<>(eventLoop::add);
    private final Call first = new Call();
    private final Call second = new Call();
    private int wakes;

    @Actor
    public void complete() {
        completions.add(first);
    }

    @Actor
    public void completeAndLoop() {
        completions.add(second);
        turn();
    }

    @Arbiter
    public void judge(III_Result seen) {
        while (turn()) {
            // Until nothing wakes the loop any more.
        }
        seen.r1 = first.settled;
        seen.r2 = second.settled;
        seen.r3 = wakes;
    }

    private boolean turn() {
        Runnable task = eventLoop.poll();
        if (task == null) {
            return false;
        }
        wakes++;
        task.run();
        return true;
    }

    private static final class Call implements Completions.Linked<Call> {
        private @Nullable Call next;
        private int settled;

        @Override
        public @Nullable Call nextCompleted() {
            return next;
        }

        @Override
        public void nextCompleted(@Nullable Call newNext) {
            next = newNext;
        }

        @Override
        public void settle() {
            settled++;
        }
    }
}
