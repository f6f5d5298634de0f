package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.Runner;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RunnerThreadsTest extends RuntimeTest {
    private static final int RUNS = 2000;

    @Test
    void eachIndexHasOneRunnerOfItsOwn() {
        try (LoadedModel model = load(OnnxModels.tiny())) {
            assertThat(model.runner(0)).isSameAs(model.runner(0)).isNotSameAs(model.runner(1));
            // Each has options to run with, and such that give an outlier's memory back.
            assertThat(handles.live()).containsEntry("run_options", 4L).containsEntry("session", 1L);
        }
    }

    @Test
    void runnersOfOneModelDoNotMixUpTheirAnswers() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        try (LoadedModel model = load(OnnxModels.add(8));
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<Integer>> wrong =
                    threads.invokeAll(List.of(countWrong(model, 0, start), countWrong(model, 1, start)));

            assertThat(wrong.get(0).get()).isZero();
            assertThat(wrong.get(1).get()).isZero();
            assertThat(handles.live()).containsEntry("tensor", 0L).containsEntry("result", 0L);
        }
    }

    @Test
    void aLongRunLeavesTheOtherRunnerFree() throws Exception {
        Tensor x = Tensors.floats("x", Shape.of(1, 256), new float[256]);
        try (LoadedModel slow = load(OnnxModels.slow(20_000));
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Callable<Tensor> first =
                    () -> slow.runner(0).run(List.of(x), List.of()).getFirst();
            Callable<Tensor> second =
                    () -> slow.runner(1).run(List.of(x), List.of()).getFirst();
            for (Future<Tensor> y : threads.invokeAll(List.of(first, second))) {
                assertThat(y.get().shape()).isEqualTo(Shape.of(1, 256));
            }
        }
    }

    private static Callable<Integer> countWrong(LoadedModel model, int index, CyclicBarrier start) {
        return () -> {
            start.await();
            Runner runner = model.runner(index);
            int wrong = 0;
            for (int i = 0; i < RUNS; i++) {
                float value = index * RUNS + i;
                float[] row = new float[8];
                Arrays.fill(row, value);
                Tensor a = Tensors.floats("a", Shape.of(1, 8), row);
                Tensor b = Tensors.floats("b", Shape.of(1, 8), row);
                for (float sum :
                        Tensors.floats(runner.run(List.of(a, b), List.of()).getFirst())) {
                    wrong += sum == 2 * value ? 0 : 1;
                }
            }
            return wrong;
        };
    }
}
