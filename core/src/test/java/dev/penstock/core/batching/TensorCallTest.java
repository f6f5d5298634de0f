package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ServingException;
import dev.penstock.core.ServingObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class TensorCallTest {
    private static final long ARRIVED_NANOS = 100;
    private static final long NOW_NANOS = 450;

    private final FakeModel echo = new FakeModel(inputs -> inputs);
    private final RecordedOutcome outcome = new RecordedOutcome();
    private final List<String> seen = new ArrayList<>();
    private final ServingObserver observer = (key, failure, rows, queueNanos, runNanos) ->
            seen.add(failure + " rows=" + rows + " queue=" + queueNanos + " run=" + runNanos);

    @Test
    void anAnswerThatThereIsNoMemoryForIsAFailureAndNothingIsKept() {
        // No array is as large as that, however much memory there is.
        RanOutputs outputs = new RanOutputs(0, Integer.MAX_VALUE, 200, 300);
        call().completed(outputs, 0);

        assertFailed(ErrorCode.INTERNAL);
        assertThat(outputs.released).hasValue(1);
        assertThat(echo.leases).hasValue(0);
        assertThat(seen).containsExactly("INTERNAL rows=1 queue=100 run=100");
    }

    @Test
    void whoAskedIsToldHowManyRowsTheRunHad() {
        call().completed(new RanOutputs(0, Integer.MAX_VALUE, 200, 300), 0);

        assertThat(outcome.ran).isEqualTo("1 of 5 rows from 200 to 300");
    }

    @Test
    void whatFailedHasWaitedUntilNow() {
        call().failed(ErrorCode.DEADLINE_EXCEEDED, "too late");

        assertFailed(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(echo.leases).hasValue(0);
        assertThat(seen).containsExactly("DEADLINE_EXCEEDED rows=0 queue=350 run=0");
        assertThat(outcome.ran).isEmpty();
    }

    private TensorCall call() {
        InferenceRequest request =
                new InferenceRequest("fake", "", "", List.of(), List.of(), InferenceRequest.NO_DEADLINE);
        Pending pending = new Pending(request, echo.lease(), outcome, 1, ARRIVED_NANOS);
        return new TensorCall(pending, List.of(), 1, FakeBatchModel.free(1), observer, () -> NOW_NANOS);
    }

    private void assertFailed(ErrorCode code) {
        assertThat(outcome.reply)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOfSatisfying(
                        ServingException.class,
                        cause -> assertThat(cause.code()).isEqualTo(code));
    }
}
