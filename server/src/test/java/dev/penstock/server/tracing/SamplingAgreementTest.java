package dev.penstock.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.calls.Ratio;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is sampled here is what OpenTelemetry would sample elsewhere.
class SamplingAgreementTest {
    private static final long SEED = 11;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.01, 0.5, 0.999, 1})
    void theRatioTakesTheSameTracesAsOpenTelemetry(double share) {
        Random random = new Random(SEED);
        Ratio ours = new Ratio(share);
        Sampler theirs = Sampler.traceIdRatioBased(share);

        for (int i = 0; i < 20_000; i++) {
            long low = random.nextLong();
            String traceId = HexFormat.of().toHexDigits(random.nextLong())
                    + HexFormat.of().toHexDigits(low);
            SamplingDecision decision = theirs.shouldSample(
                            Context.root(), traceId, "name", SpanKind.SERVER, Attributes.empty(), List.of())
                    .getDecision();
            assertThat(ours.takes(low))
                    .as("trace %s at %s", traceId, share)
                    .isEqualTo(decision == SamplingDecision.RECORD_AND_SAMPLE);
        }
    }
}
