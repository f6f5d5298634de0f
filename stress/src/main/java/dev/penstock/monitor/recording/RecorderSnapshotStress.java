package dev.penstock.monitor.recording;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.DataType;
import dev.penstock.core.RunRows;
import dev.penstock.core.batching.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A writer records two runs while a reader takes a snapshot: the snapshot has the first so many runs, whole.
@JCStressTest
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "before both")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "between them")
@Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "after both")
@Outcome(id = "-1, 1", expect = ACCEPTABLE, desc = "none was had: the system held the writer up within a run")
@Outcome(expect = FORBIDDEN, desc = "a part of a run")
@State
public class RecorderSnapshotStress {
    private static final MemorySegment VALUE = Arena.global().allocate(Double.BYTES, Double.BYTES);
    private static final MonitorPlan PLAN = plan();

    static {
        VALUE.set(ValueLayout.JAVA_DOUBLE, 0, 0.5);
    }

    private static final RunRows RUN = new RunRows() {
        @Override
        public int rows() {
            return 1;
        }

        @Override
        public long rowBytes(int tensor) {
            return Double.BYTES;
        }

        @Override
        public long offset(int tensor) {
            return VALUE.address();
        }

        @Override
        public MemorySegment memory(int tensor) {
            return Native.ALL;
        }
    };

    private final Recorder recorder = new Recorder(PLAN, () -> 0);

    private static MonitorPlan plan() {
        PlanBuilder builder = new PlanBuilder();
        builder.numbers(0, DataType.FP64, 1, 0, List.of("a"));
        builder.numbers(0, DataType.FP64, 1, 0, List.of("b"));
        return builder.build();
    }

    @Actor
    public void record() {
        recorder.record(RUN, 0);
        recorder.record(RUN, 0);
    }

    @Actor
    public void read(II_Result seen) {
        @Nullable Cumulative taken = recorder.snapshot();
        if (taken == null) {
            seen.r1 = -1;
            seen.r2 = 1;
            return;
        }
        seen.r1 = (int) taken.recorded();
        boolean whole = taken.seen() == taken.recorded();
        for (Feature feature : taken.plan().features()) {
            whole &= taken.total(feature) == taken.recorded();
            double[] sums = taken.binSums((Feature.Numeric) feature);
            whole &= sums[0] == 0.5 * (double) taken.recorded();
        }
        seen.r2 = whole ? 1 : 0;
    }
}
