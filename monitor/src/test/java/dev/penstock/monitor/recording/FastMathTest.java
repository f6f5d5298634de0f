package dev.penstock.monitor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FastMathTest {
    private static final long SEED = 71;

    @Test
    void theLogarithmIsAsExactAsItSays() {
        SplittableRandom random = new SplittableRandom(SEED);
        double worst = Math.abs(FastMath.ln(1));
        for (int i = 0; i < 2_000_000; i++) {
            // Half of them probabilities, half of any magnitude.
            double any = Math.scalb(1 + random.nextDouble(), random.nextInt(-1022, 1023));
            double x = i % 2 == 0 ? random.nextDouble() : any;
            if (x >= Double.MIN_NORMAL) {
                worst = Math.max(worst, Math.abs(FastMath.ln(x) - Math.log(x)));
            }
        }
        for (int i = 0; i <= 128; i++) {
            double edge = 1 + i / 128.0;
            for (double x : new double[] {Math.nextDown(edge), edge, Math.nextUp(edge)}) {
                worst = Math.max(worst, Math.abs(FastMath.ln(x) - Math.log(x)));
            }
        }

        assertThat(worst).isLessThan(FastMath.LN_ERROR);
        assertThat(FastMath.ln(Double.MIN_NORMAL)).isCloseTo(Math.log(Double.MIN_NORMAL), within());
        assertThat(FastMath.ln(Double.MAX_VALUE)).isCloseTo(Math.log(Double.MAX_VALUE), within());
    }

    private static Offset<Double> within() {
        return Offset.offset(FastMath.LN_ERROR);
    }

    @Test
    void theExponentialIsAsExactAsItSays() {
        SplittableRandom random = new SplittableRandom(SEED);
        double worst = 0;
        for (int i = 0; i < 2_000_000; i++) {
            double x = -random.nextDouble() * (i % 2 == 0 ? 30 : 707);
            double exact = Math.exp(x);
            worst = Math.max(worst, Math.abs(FastMath.exp(x) - exact) / exact);
        }

        assertThat(worst).isLessThan(FastMath.EXP_ERROR);
        assertThat(FastMath.exp(0)).isOne();
        assertThat(FastMath.exp(-0.0)).isOne();
        assertThat(FastMath.exp(-709)).isZero();
        assertThat(FastMath.exp(Double.NEGATIVE_INFINITY)).isZero();
    }
}
