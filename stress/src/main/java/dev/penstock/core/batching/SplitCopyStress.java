package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.ErrorCode;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/// One piece is late while a worker copies the rows of another: the request's memory is its door's again with the
/// outcome, so nobody may read it then.
@JCStressTest
@Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "the outcome came when nobody copied")
@Outcome(expect = FORBIDDEN, desc = "rows were read after the outcome, or there was none")
@State
public class SplitCopyStress {
    private final Owner whole = new Owner();
    private final SplitRequest split = new SplitRequest(whole, StressModel.LAYOUT, 1, QueueBytes.unbounded());

    @Actor
    public void copy(ZI_Result seen) {
        split.piece(0).copyRows(0, 0, 1, 0);
        seen.r1 = whole.readAfterwards;
    }

    @Actor
    public void expire() {
        split.piece(1).failed(ErrorCode.DEADLINE_EXCEEDED, "");
    }

    @Arbiter
    public void judge(ZI_Result seen) {
        seen.r2 = whole.outcomes;
    }

    /// Notices who reads it late.
    private static final class Owner implements RowsCall {
        private volatile int outcomes;
        private boolean readAfterwards;

        @Override
        public int rows() {
            return 2;
        }

        @Override
        public long deadlineNanos() {
            return 10;
        }

        @Override
        public boolean abandoned() {
            return false;
        }

        @Override
        public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
            readAfterwards = outcomes > 0;
        }

        @Override
        public void completed(BatchOutputs outputs, int firstRow) {
            throw new IllegalStateException("answered (expected: a failure)");
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // A second one would be found by the tests of outcomes.
        public void failed(ErrorCode code, String message) {
            outcomes++;
        }
    }
}
