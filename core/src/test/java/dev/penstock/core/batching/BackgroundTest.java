package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.NanoClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(240)
class BackgroundTest {
    /// The 41st field, counted from after the name, which may have anything in it.
    private static final int POLICY_AFTER_NAME = 38;

    private static final int IDLE = 5;
    private static final long FOR_EVER = 0;

    @Test
    @EnabledOnOs(OS.LINUX)
    void workIsBehindAllOthersAndItsCallerIsNot() {
        // Has what this needs loaded: a thread behind all others would keep whoever needs that, too, waiting.
        assertThat(policy()).isNotEqualTo(IDLE);

        int policy = Background.call(
                "background", BackgroundTest::policy, Niceness::inBackground, FOR_EVER, () -> NanoClock.SYSTEM);

        assertThat(policy).isEqualTo(IDLE);
        assertThat(policy()).isNotEqualTo(IDLE);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void workThatCannotBeginThereIsDoneByAThreadLikeAWorkers() {
        CountDownLatch done = new CountDownLatch(1);

        int policy = Background.call(
                "background",
                () -> {
                    done.countDown();
                    return policy();
                },
                work -> () -> {
                    await(done);
                    work.run();
                },
                1,
                () -> NanoClock.SYSTEM);

        assertThat(policy).isNotEqualTo(IDLE);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void workWhoseThreadGetsNextToNothingIsDoneByAThreadLikeAWorkers() {
        int policy = Background.call("background", BackgroundTest::policy, Niceness::inBackground, 1, () -> () -> 0);

        assertThat(policy).isNotEqualTo(IDLE);
    }

    @Test
    void anInterruptReachesWorkThatWasHandedOver() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean heard = new AtomicBoolean();
        Thread.currentThread().interrupt();

        boolean done = Background.call(
                "background",
                () -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        heard.set(true);
                    }
                    return true;
                },
                Niceness::inBackground,
                1,
                () -> () -> 0);

        assertThat(done).isTrue();
        assertThat(heard).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatWorkGivesIsGiven() {
        assertThat(Background.call(
                        "background", () -> "done by " + Thread.currentThread().getName()))
                .isEqualTo("done by background");
    }

    @Test
    void whatWorkThrowsIsThrown() {
        RuntimeException refusal = new IllegalArgumentException("no");
        Error lack = new OutOfMemoryError("none");

        assertThatThrownBy(() -> Background.run("background", () -> {
                    throw refusal;
                }))
                .isSameAs(refusal);
        assertThatThrownBy(() -> Background.run("background", () -> {
                    throw lack;
                }))
                .isSameAs(lack);
    }

    @Test
    void anInterruptReachesTheWorkAndItsEndIsWaitedFor() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean heard = new AtomicBoolean();
        Thread.currentThread().interrupt();

        Background.run("background", () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                heard.set(true);
            }
        });

        assertThat(heard).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }

    private static int policy() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Integer.parseInt(fields[POLICY_AFTER_NAME]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
