package dev.penstock.router.arms;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/// The last failure that it takes and one more come at once: it opens, and one of them is told so.
@JCStressTest
@Outcome(id = "true, false, true", expect = ACCEPTABLE, desc = "the first one opened it")
@Outcome(id = "false, true, true", expect = ACCEPTABLE, desc = "the second one opened it")
@Outcome(expect = FORBIDDEN, desc = "nobody was told, or both were, or it is closed")
@State
public class CircuitStress {
    private final Circuit circuit = new Circuit();

    public CircuitStress() {
        for (int i = 0; i < Circuit.MOST_FAILURES - 1; i++) {
            if (circuit.failed(i % Circuit.LEAST_BUCKETS, null)) {
                throw new IllegalStateException("open after " + (i + 1) + " failures");
            }
        }
    }

    @Actor
    public void first(ZZZ_Result seen) {
        seen.r1 = circuit.failed(0, null);
    }

    @Actor
    public void second(ZZZ_Result seen) {
        seen.r2 = circuit.failed(1, null);
    }

    @Arbiter
    public void end(ZZZ_Result seen) {
        seen.r3 = circuit.isOpen();
    }
}
