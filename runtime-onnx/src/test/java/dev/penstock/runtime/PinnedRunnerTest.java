package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.BatchModel;
import dev.penstock.core.batching.BatchOutputs;
import dev.penstock.core.batching.BatchRunner;
import dev.penstock.core.batching.Native;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PinnedRunnerTest extends RuntimeTest {
    private static final Shape PAIR = Shape.of(2);
    /// What ONNX Runtime's binding makes: an array with one flag for each output.
    private static final long BINDING_BYTES = 24;

    @Test
    void rowsAreAnsweredAsTheyAreAlone() {
        try (LoadedModel model = load(OnnxModels.tiny());
                BatchModel batch = Rows.batchable(model, 9, Shape.of(4))) {
            BatchRunner runner = batch.batchRunner(0);
            for (int rows = 1; rows <= 9; rows++) {
                for (int row = 0; row < rows; row++) {
                    Rows.put(runner, 0, row, row, rows, 0.5f, -row);
                }
                BatchOutputs outputs = runner.run(rows, 1);
                for (int row = 0; row < rows; row++) {
                    Tensor x = Tensors.floats("x", Shape.of(1, 4), row, rows, 0.5f, -row);
                    assertThat(Rows.floats(outputs, 0, row))
                            .containsExactly(Tensors.floats(runOne(model, x)), within(1e-6f));
                }
                outputs.release();
            }
        }
    }

    @Test
    void severalInputsAndOutputsKeepTheirPlaces() {
        try (LoadedModel add = load(OnnxModels.add(2));
                BatchModel batch = Rows.batchable(add, 4, PAIR, PAIR)) {
            BatchRunner runner = batch.batchRunner(0);
            Rows.put(runner, 0, 1, 3f, 4f);
            Rows.put(runner, 1, 1, 10f, 20f);

            BatchOutputs outputs = runner.run(2, 1);

            assertThat(Rows.floats(outputs, 0, 1)).containsExactly(13, 24);
            outputs.release();
        }
        try (LoadedModel two = load(OnnxModels.twoOutputs());
                BatchModel batch = Rows.batchable(two, 4, PAIR)) {
            BatchRunner runner = batch.batchRunner(0);
            Rows.put(runner, 0, 0, 3f, 4f);

            BatchOutputs outputs = runner.run(1, 1);

            assertThat(Rows.floats(outputs, 0, 0)).containsExactly(6, 8);
            assertThat(Rows.floats(outputs, 1, 0)).containsExactly(-3, -4);
            outputs.release();
        }
    }

    @Test
    void memoryIsAlignedForVectors() {
        try (LoadedModel add = load(OnnxModels.add(3));
                BatchModel batch = Rows.batchable(add, 3, Shape.of(3), Shape.of(3))) {
            BatchRunner runner = batch.batchRunner(0);
            BatchOutputs outputs = runner.run(3, 1);

            assertThat(runner.inputAddress(0) % 64).isZero();
            assertThat(runner.inputAddress(1) % 64).isZero();
            assertThat(outputs.address(0) % 64).isZero();
            outputs.release();
        }
    }

    @Test
    void theNextRunLeavesHeldOutputsAlone() {
        try (LoadedModel model = load(OnnxModels.twoOutputs());
                BatchModel batch = Rows.batchable(model, 1, PAIR)) {
            BatchRunner runner = batch.batchRunner(0);
            Rows.put(runner, 0, 0, 1f, 1f);
            BatchOutputs first = runner.run(1, 2);
            Rows.put(runner, 0, 0, 2f, 2f);
            BatchOutputs second = runner.run(1, 1);

            assertThat(Rows.floats(first, 0, 0)).containsExactly(2, 2);
            assertThat(Rows.floats(second, 0, 0)).containsExactly(4, 4);
            assertThat(first.endedNanos()).isGreaterThanOrEqualTo(first.startedNanos());
            assertThat(runner.hasFreeOutputs()).isFalse();
            first.release();
            assertThat(runner.hasFreeOutputs()).as("one of two holders is left").isFalse();
            first.release();
            assertThat(runner.hasFreeOutputs()).isTrue();
            second.release();
            assertThatIllegalStateException().isThrownBy(second::release);
        }
    }

    @Test
    void aRunWaitsUntilOutputsAreReleasedElsewhere() throws Exception {
        try (LoadedModel model = load(OnnxModels.twoOutputs());
                BatchModel batch = Rows.batchable(model, 1, PAIR);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            BatchRunner runner = batch.batchRunner(0);
            BatchOutputs first = runner.run(1, 1);
            BatchOutputs second = runner.run(1, 1);
            Thread self = Thread.currentThread();
            Future<?> releasing = other.submit(() -> {
                while (self.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
                second.release();
            });

            BatchOutputs third = runner.run(1, 1);

            releasing.get();
            assertThat(third.address(0)).isEqualTo(second.address(0));
            third.release();
            first.release();
        }
    }

    @Test
    void outputsReleasedByOtherThreadsAreNeverOverwrittenEarly() throws Exception {
        LinkedBlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        int runs = 10_000;
        try (LoadedModel model = load(OnnxModels.twoOutputs());
                BatchModel batch = Rows.batchable(model, 2, PAIR);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(threads.submit(() -> countWrong(answers)));
            }
            BatchRunner runner = batch.batchRunner(0);
            for (int run = 0; run < runs; run++) {
                Rows.put(runner, 0, 0, (float) run, run);
                Rows.put(runner, 0, 1, (float) -run, -run);
                BatchOutputs outputs = runner.run(2, 2);
                answers.add(new Answer(outputs, 0, 2 * run));
                answers.add(new Answer(outputs, 1, -2 * run));
            }
            answers.add(Answer.LAST);
            answers.add(Answer.LAST);

            for (Future<Integer> reader : readers) {
                assertThat(reader.get()).isZero();
            }
            assertThat(runner.hasFreeOutputs()).isTrue();
        }
    }

    private record Answer(@Nullable BatchOutputs outputs, int row, float expected) {
        static final Answer LAST = new Answer(null, 0, 0);
    }

    private static int countWrong(LinkedBlockingQueue<Answer> answers) throws InterruptedException {
        int wrong = 0;
        while (true) {
            Answer answer = answers.take();
            if (answer.outputs() == null) {
                return wrong;
            }
            float[] pair = Rows.floats(answer.outputs(), 0, answer.row());
            wrong += pair[0] == answer.expected() && pair[1] == answer.expected() ? 0 : 1;
            answer.outputs().release();
        }
    }

    @Test
    void manyRunsKeepNothing() {
        try (LoadedModel model = load(OnnxModels.tiny());
                BatchModel batch = Rows.batchable(model, 32, Shape.of(4))) {
            BatchRunner runner = batch.batchRunner(0);
            for (int rows = 1; rows <= 32; rows++) {
                runner.run(rows, 1).release();
                runner.run(rows, 1).release();
            }
            Map<String, Long> before = handles.live();
            runOften(runner, 20_000);
            long bytesBefore = allocatedBytes();

            runOften(runner, 10_000);

            long bytesPerRun = (allocatedBytes() - bytesBefore) / 10_000;
            assertThat(bytesPerRun).isLessThanOrEqualTo(BINDING_BYTES);
            assertThat(handles.live()).isEqualTo(before);
        }
    }

    private static void runOften(BatchRunner runner, int runs) {
        for (int run = 0; run < runs; run++) {
            runner.run(1 + run % 32, 1).release();
        }
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void aFailedRunKeepsItsRowsAndLeavesTheOutputsFree() {
        try (LoadedModel model = load(OnnxModels.embedding());
                BatchModel batch = Rows.batchable(model, 2, Shape.of())) {
            BatchRunner runner = batch.batchRunner(0);
            Rows.put(runner, 0, 0, 7L);
            Rows.put(runner, 0, 1, 10L);
            for (int attempt = 0; attempt < 5; attempt++) {
                assertThatExceptionOfType(ServingException.class)
                        .isThrownBy(() -> runner.run(2, 2))
                        .withMessageContaining("idx=10 must be within the inclusive range [-10,9]")
                        .extracting(ServingException::code)
                        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
                assertThat(runner.hasFreeOutputs()).isTrue();
            }

            BatchOutputs outputs = runner.run(1, 1);

            assertThat(Rows.floats(outputs, 0, 0)).containsExactly(70);
            outputs.release();
        }
    }

    @Test
    void aBooleanIsZeroOrOne() {
        try (LoadedModel model = load(OnnxModels.identity(DataType.BOOL, -1));
                BatchModel batch = Rows.batchable(model, 4, Shape.of())) {
            BatchRunner runner = batch.batchRunner(0);
            Native.ALL.set(ValueLayout.JAVA_BYTE, runner.inputAddress(0) + 1, (byte) 2);

            runner.run(1, 1).release();

            assertThatExceptionOfType(ServingException.class)
                    .isThrownBy(() -> runner.run(2, 2))
                    .withMessage("input 'x' has 2 as a BOOL (expected: 0 or 1)");
            assertThat(runner.hasFreeOutputs()).isTrue();
        }
    }

    @Test
    void anOutputOfAnotherShapeThanTheTrialShowedIsAFailure() {
        try (LoadedModel model = load(OnnxModels.greaterThan(-100));
                BatchModel batch = Rows.batchable(model, 4, Shape.of())) {
            BatchRunner runner = batch.batchRunner(0);
            Rows.put(runner, 0, 0, 1f);
            Rows.put(runner, 0, 1, -200f);
            Rows.put(runner, 0, 2, 3f);

            assertThatExceptionOfType(ServingException.class)
                    .isThrownBy(() -> runner.run(3, 3))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FAILED))
                    .withMessageContaining("an output's shape depends on the data, so it must not be batched: ")
                    .withMessageContaining("has shape {3} but the computed output shape for this run is {2}");

            BatchOutputs outputs = runner.run(1, 1);
            assertThat(Rows.floats(outputs, 0, 0)).containsExactly(1);
            outputs.release();
        }
    }

    @Test
    void aRunOfNoRowsOrTooManyIsAMistake() {
        try (LoadedModel model = load(OnnxModels.tiny());
                BatchModel batch = Rows.batchable(model, 4, Shape.of(4))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> batch.batchRunner(0).run(5, 1))
                    .withMessage("rows: 5 (expected: 1..4)");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> batch.batchRunner(0).run(0, 1))
                    .withMessage("rows: 0 (expected: 1..4)");
        }
    }
}
