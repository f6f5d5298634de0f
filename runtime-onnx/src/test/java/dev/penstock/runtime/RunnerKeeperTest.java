package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.penstock.core.ModelKey;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(150)
class RunnerKeeperTest {
    private static final ModelKey KEY = new ModelKey("kept", 1);

    private final List<Object> made = new CopyOnWriteArrayList<>();
    private final List<Object> closed = new CopyOnWriteArrayList<>();

    @Test
    void threadsThatAskForOneIndexAtTheSameTimeGetOneRunner() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch mayMake = new CountDownLatch(1);
        RunnerKeeper<Object> keeper = new RunnerKeeper<>(
                KEY,
                2,
                index -> {
                    making.countDown();
                    awaitUninterruptibly(mayMake);
                    return make();
                },
                closed::add);
        FutureTask<Object> first = new FutureTask<>(() -> keeper.get(1));
        FutureTask<Object> second = new FutureTask<>(() -> keeper.get(1));
        Thread.ofPlatform().start(first);
        making.await();
        Thread late = Thread.ofPlatform().start(second);
        while (late.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        mayMake.countDown();

        assertThat(first.get()).isSameAs(second.get());
        assertThat(made).hasSize(1);
        keeper.close();
        keeper.close();
        assertThat(closed).containsExactlyElementsOf(made);
        assertThatThrownBy(() -> keeper.get(0)).hasMessage("kept/1 is closed");
    }

    @Test
    void aRunnerThatCannotBeMadeIsTriedAgain() {
        RunnerKeeper<Object> keeper = new RunnerKeeper<>(
                KEY,
                1,
                index -> {
                    Object runner = make();
                    if (made.size() == 1) {
                        throw new OrtException("on purpose");
                    }
                    return runner;
                },
                closed::add);

        assertThatThrownBy(() -> keeper.get(0)).hasMessage("kept/1: runner 0 cannot be made");
        assertThat(keeper.get(0)).isSameAs(made.getLast());
        keeper.close();
        assertThat(closed).containsExactly(made.getLast());
    }

    private Object make() {
        Object runner = new Object();
        made.add(runner);
        return runner;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
