package dev.penstock.server.gate;

import dev.penstock.core.NanoClock;
import dev.penstock.core.Runner;
import dev.penstock.core.ServingException;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.SampleValues;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Refuses a version whose runs take too long, one after another on the thread that loads.
///
/// It runs what the first golden request asks, else made-up values, and stops when too many runs were too slow.
final class LatencyGate {
    static final String NAME = "latency";

    private static final int WARM_RUNS = 20;
    private static final long WARM_NANOS = Duration.ofSeconds(5).toNanos();

    private final NanoClock clock;

    LatencyGate(NanoClock clock) {
        this.clock = clock;
    }

    GateRecord judge(Candidate candidate) {
        GateSettings.@Nullable Latency limit = candidate.settings().latency();
        if (limit == null) {
            return new GateRecord(NAME, Verdict.SKIPPED, "there is no " + GateSettings.LATENCY_P99);
        }
        try {
            return judge(candidate, limit);
        } catch (ServingException e) {
            return new GateRecord(NAME, Verdict.FAILED, e.code() + ": " + e.reason());
        } catch (IllegalArgumentException | ArithmeticException e) {
            return new GateRecord(NAME, Verdict.FAILED, "no trial request can be made: " + e.getMessage());
        }
    }

    private GateRecord judge(Candidate candidate, GateSettings.Latency limit) {
        Runner runner = candidate.model().runner(0);
        @Nullable List<Tensor> golden = firstGolden(candidate.files());
        List<Tensor> inputs = golden == null
                ? acceptedMadeUp(candidate, runner, limit.rows())
                : TrialInputs.repeated(candidate.signature(), golden, limit.rows());
        GoldenGate.check(candidate, inputs, List.of());
        warm(runner, inputs);
        Latencies latencies = measure(runner, inputs, limit);
        String numbers = "%s; rows a run: %d; asked: %s"
                .formatted(
                        latencies.describe(),
                        limit.rows(),
                        golden == null ? "made-up values" : "the first golden request");
        return latencies.keptLimit()
                ? new GateRecord(NAME, Verdict.PASSED, numbers)
                : new GateRecord(NAME, Verdict.FAILED, numbers);
    }

    private static @Nullable List<Tensor> firstGolden(VersionFiles files) {
        try {
            @Nullable Golden golden = GoldenGate.read(files);
            return golden == null ? null : golden.cases().getFirst().inputs();
        } catch (IOException | IllegalArgumentException e) {
            // The golden gate refuses it.
            return null;
        }
    }

    /// The first values that the model takes.
    private static List<Tensor> acceptedMadeUp(Candidate candidate, Runner runner, int rows) {
        List<Tensor> inputs = new ArrayList<>();
        for (SampleValues values : SampleValues.values()) {
            inputs = TrialInputs.madeUp(candidate.signature(), rows, values);
            GoldenGate.check(candidate, inputs, List.of());
            if (takes(runner, inputs)) {
                return inputs;
            }
        }
        // The last are tried once more, and then its words are told.
        return inputs;
    }

    private static boolean takes(Runner runner, List<Tensor> inputs) {
        try {
            return !runner.run(inputs, List.of()).isEmpty();
        } catch (ServingException e) {
            return false;
        }
    }

    private void warm(Runner runner, List<Tensor> inputs) {
        long startNanos = clock.nanoTime();
        for (int i = 0; i < WARM_RUNS && clock.nanoTime() - startNanos < WARM_NANOS; i++) {
            time(runner, inputs);
        }
    }

    private Latencies measure(Runner runner, List<Tensor> inputs, GateSettings.Latency limit) {
        Latencies latencies = new Latencies(limit.p99().toNanos(), limit.runs());
        while (latencies.undecided()) {
            latencies.add(time(runner, inputs));
        }
        return latencies;
    }

    private long time(Runner runner, List<Tensor> inputs) {
        long startNanos = clock.nanoTime();
        List<Tensor> outputs = runner.run(inputs, List.of());
        long nanos = clock.nanoTime() - startNanos;
        if (outputs.isEmpty()) {
            throw new IllegalArgumentException("the model has no outputs");
        }
        return nanos;
    }
}
