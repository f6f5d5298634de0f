package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.QueuePolicy;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// Two producers of different rows, one of which is the worker too: what is gathered for a request is what its producer
/// wrote.
@JCStressTest
@Outcome(id = "7, 9", expect = ACCEPTABLE, desc = "each its own row")
@Outcome(expect = FORBIDDEN, desc = "somebody else's row, or none")
@State
public class RowSlabStress {
    private final RowRing ring = new RowRing(StressModel.LAYOUT, 2, QueuePolicy.STANDARD, true);
    private final Gathered gathered = new Gathered();
    private final Batch batch = new Batch(gathered, StressModel.LAYOUT, new LaneStats());
    private final NumberCall seven = new NumberCall(7);
    private final NumberCall nine = new NumberCall(9);
    private boolean sevenPut;
    private boolean ninePut;

    @Actor
    public void putSeven() {
        sevenPut = ring.tryPut(seven, 1, 0, Lane.NO_DEADLINE);
    }

    @Actor
    public void putNineAndConsume() {
        ninePut = ring.tryPut(nine, 1, 0, Lane.NO_DEADLINE);
        StressModel.consume(ring, batch, 0);
    }

    @Arbiter
    public void judge(II_Result seen) {
        StressModel.consume(ring, batch, 0);
        seen.r1 = sevenPut ? seven.found : -1;
        seen.r2 = ninePut ? nine.found : -1;
        ring.close();
        gathered.close();
    }

    private static final class Gathered extends StressModel {
        private final Arena arena = Arena.ofShared();
        private final long rows =
                arena.allocate(8L * Integer.BYTES, Integer.BYTES).address();

        @Override
        public long inputAddress(int input) {
            return rows;
        }

        @Override
        public long address(int output) {
            return rows;
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    /// Looks for its row where the model would.
    private static final class NumberCall implements RowsCall {
        private final int number;
        private int found;

        NumberCall(int number) {
            this.number = number;
        }

        @Override
        public int rows() {
            return 1;
        }

        @Override
        public long deadlineNanos() {
            return Lane.NO_DEADLINE;
        }

        @Override
        public boolean abandoned() {
            return false;
        }

        @Override
        public void copyRows(int input, int firstRow, int rowCount, long toAddress) {
            Native.ALL.set(ValueLayout.JAVA_INT, toAddress, number);
        }

        @Override
        public void completed(BatchOutputs outputs, int firstRow) {
            found += Native.ALL.get(ValueLayout.JAVA_INT, outputs.address(0) + (long) firstRow * Integer.BYTES);
        }

        @Override
        public void failed(ErrorCode code, String message) {
            found = -1;
        }
    }
}
