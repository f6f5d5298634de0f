package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.ErrorCode;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// The pieces of one request end at once: the request has one outcome.
public class SplitCompletionStress {
    private SplitCompletionStress() {}

    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the last piece brought the answer")
    @Outcome(expect = FORBIDDEN)
    @State
    public static class BothComplete extends TwoPieces {
        @Actor
        public void first() {
            split.piece(0).completed(new StressModel(), 0);
        }

        @Actor
        public void second() {
            split.piece(1).completed(new StressModel(), 0);
        }

        @Arbiter
        public void judge(II_Result seen) {
            report(seen);
        }
    }

    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "a failed piece is the request's failure")
    @Outcome(expect = FORBIDDEN)
    @State
    public static class OneFails extends TwoPieces {
        @Actor
        public void first() {
            split.piece(0).completed(new StressModel(), 0);
        }

        @Actor
        public void second() {
            split.piece(1).failed(ErrorCode.MODEL_FAILED, "");
        }

        @Arbiter
        public void judge(II_Result seen) {
            report(seen);
        }
    }

    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the first failure is the request's")
    @Outcome(expect = FORBIDDEN)
    @State
    public static class BothFail extends TwoPieces {
        @Actor
        public void first() {
            split.piece(0).failed(ErrorCode.DEADLINE_EXCEEDED, "");
        }

        @Actor
        public void second() {
            split.piece(1).failed(ErrorCode.MODEL_FAILED, "");
        }

        @Arbiter
        public void judge(II_Result seen) {
            report(seen);
        }
    }

    abstract static class TwoPieces {
        private final StressCall whole = StressCall.of(2);
        final SplitRequest split = new SplitRequest(whole, StressModel.LAYOUT, 1, QueueBytes.unbounded());

        final void report(II_Result seen) {
            seen.r1 = whole.completions();
            seen.r2 = whole.failures();
        }
    }
}
