package dev.penstock.core.batching;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.VersionHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// Two requests of a batch have read their rows: the outputs and the lease that keeps their memory go back once, the
/// outputs first.
@JCStressTest
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "given back once, in order")
@Outcome(expect = FORBIDDEN)
@State
public class LeasedOutputsStress {
    private final Outputs outputs = new Outputs();
    private final Lease lease = new Lease(outputs);
    private final LeasedOutputs leased = new LeasedOutputs(outputs, lease, 2);

    @Actor
    public void release() {
        leased.release();
    }

    @Actor
    public void releaseToo() {
        leased.release();
    }

    @Arbiter
    public void judge(III_Result seen) {
        seen.r1 = outputs.releases;
        seen.r2 = lease.closings;
        seen.r3 = lease.closedTooEarly;
    }

    private static final class Outputs extends StressModel {
        private int releases;

        @Override
        public void release() {
            releases++;
        }
    }

    private static final class Lease implements VersionHandle.Lease {
        private final Outputs outputs;
        private int closings;
        private int closedTooEarly;

        Lease(Outputs outputs) {
            this.outputs = outputs;
        }

        @Override
        public LoadedModel model() {
            throw new IllegalStateException("no model here");
        }

        @Override
        public void close() {
            closings++;
            closedTooEarly += outputs.releases == 0 ? 1 : 0;
        }
    }
}
