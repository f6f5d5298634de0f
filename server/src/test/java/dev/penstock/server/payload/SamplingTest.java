package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.server.calls.Ratio;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplingTest {
    @Test
    void anIdDecidesAlikeEveryTimeAndOnlyItsBytesCount() {
        Ratio half = new Ratio(0.5);
        for (int i = 0; i < 100; i++) {
            byte[] id = ("request-" + i).getBytes(StandardCharsets.UTF_8);
            byte[] longer = ("request-" + i + "rest").getBytes(StandardCharsets.UTF_8);

            assertThat(Sampling.takes(half, id, id.length)).isEqualTo(Sampling.takes(half, longer, id.length));
        }
    }

    @Test
    void theShareIsThatOfTheRatio() {
        for (double share : new double[] {0, 0.01, 0.1, 0.5, 1}) {
            Ratio ratio = new Ratio(share);
            int taken = 0;
            for (int i = 0; i < 100_000; i++) {
                byte[] id = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
                taken += Sampling.takes(ratio, id, id.length) ? 1 : 0;
            }
            assertThat((double) taken / 100_000).isCloseTo(share, within(0.005));
        }
    }

    @Test
    void aModelsOwnShareCounts() {
        Sampling sampling = Sampling.of(0.25, List.of("digits=1", "iris = 0"));

        assertThat(sampling.of("digits").share()).isOne();
        assertThat(sampling.of("iris").share()).isZero();
        assertThat(sampling.of("other").share()).isEqualTo(0.25);
    }

    @Test
    void whatIsNoShareIsRefusedByName() {
        for (String text : List.of("digits", "digits=2", "=1", "digits=x", "digits=NaN")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Sampling.of(0, List.of(text)))
                    .withMessageContaining("'" + text + "'");
        }
    }
}
