package dev.penstock.server.registry;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Runner;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle.Lease;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/// Leases race with retirement, which is asked for twice: nobody sees a closed model through an open lease, and the
/// model is closed once.
@JCStressTest
@Outcome(id = "false, false, 1", expect = ACCEPTABLE, desc = "closed when nobody held it")
@Outcome(expect = FORBIDDEN, desc = "used after it was closed, never closed, or closed twice")
@State
public class LoadedVersionStress {
    private static final ModelKey KEY = new ModelKey("stress", 1);
    private static final Signature NOTHING = new Signature(List.of(), List.of(), 0);

    private final CountingModel model = new CountingModel();
    private final LoadedVersion version = new LoadedVersion(model, NOTHING, Runnable::run);

    @Actor
    public void lease(ZZI_Result seen) {
        seen.r1 = isClosedUnderLease();
        seen.r2 = isClosedUnderLease();
    }

    @Actor
    public void retire() {
        version.retire();
        version.retire();
    }

    @Arbiter
    public void judge(ZZI_Result seen) {
        seen.r3 = model.closings;
    }

    private boolean isClosedUnderLease() {
        try (@Nullable Lease lease = version.tryLease()) {
            return lease != null && ((CountingModel) lease.model()).closings > 0;
        }
    }

    private static final class CountingModel implements LoadedModel {
        private volatile int closings;

        @Override
        public ModelKey key() {
            return KEY;
        }

        @Override
        public Signature signature() {
            return NOTHING;
        }

        @Override
        public Runner runner(int index) {
            throw new IllegalStateException("a model without a runner");
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // By one thread, or the test has failed already.
        public void close() {
            closings++;
        }
    }
}
