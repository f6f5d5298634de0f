package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.Device;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ServingException;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What comes to no verdict is judged again, and what is turned down says so.
class NoVerdictTest extends JudgingTests {
    /// A server that stops shows every version as unloaded, perhaps just before the registration is answered.
    @Test
    void thatThereIsNoVerdictIsSaidOfAVersionThatIsShownAsUnloaded() {
        VersionRecord version = new VersionRecord(
                2, List.of(), "", Instant.EPOCH, "me", Lineage.UNKNOWN, "", false, "", true, List.of());
        VersionStatus unloaded =
                new VersionStatus(2, VersionState.UNAVAILABLE, VersionStatus.UNLOADED, Device.CPU, null, null);

        assertThat(Registering.problem(version, unloaded, "version 2: no verdict"))
                .isEqualTo("version 2: no verdict");
    }

    @Test
    void anErrorIsNoVerdictAndTheVersionIsJudgedAgain() {
        AtomicInteger asked = new AtomicInteger();
        world.gates = (candidate, before) -> {
            if (asked.incrementAndGet() == 1) {
                throw new OutOfMemoryError("a test's");
            }
            return List.of();
        };
        try (RecordedRegistry running = world.started()) {
            Registration first = running.register("m", 0, ONE);

            assertThat(first.problem()).contains("cannot be judged now", "a test's");
            running.await(() -> running.answers("m").equals("m/1"));
            assertThat(running.loader.loaded).hasSize(2);
            assertThat(running.loader.loaded.getFirst().closings()).isOne();
            running.await(() -> Objects.requireNonNull(
                                    running.admin.registered("m").versions().get(1L))
                            .gates()
                            .size()
                    == 1);
        }
    }

    @Test
    void ofThoseWhoWaitForAJudgeThatComesToNoVerdictOneTriesForAll() throws Exception {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            world.gates = (candidate, before) -> {
                slow.judge(candidate);
                throw new ServingException(ErrorCode.NOT_READY, "a test's");
            };
            CompletableFuture<Registration> first = OwnThreads.call(() -> running.register("m", 2, TWO));
            await(slow.reached);
            List<FutureTask<Registration>> others = new ArrayList<>();
            List<Thread> waiting = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                FutureTask<Registration> other = new FutureTask<>(() -> running.register("m", 2, TWO));
                others.add(other);
                waiting.add(Thread.ofPlatform().start(other));
            }
            List<Object> firstWaits = new ArrayList<>();
            running.await(() -> {
                firstWaits.clear();
                firstWaits.addAll(waits(waiting));
                return firstWaits.size() == waiting.size();
            });
            CountDownLatch again = new CountDownLatch(1);
            List<Thread> tried = new CopyOnWriteArrayList<>();
            world.gates = (candidate, before) -> {
                if (waiting.contains(Thread.currentThread())) {
                    tried.add(Thread.currentThread());
                }
                await(again);
                throw new ServingException(ErrorCode.NOT_READY, "a test's");
            };

            slow.open.countDown();
            // One of them tries, or the server by itself, and the others wait for that once more, unless what
            // the server tried was an answer to them as well.
            running.await(() -> {
                List<Thread> left = waiting.stream()
                        .filter(Thread::isAlive)
                        .filter(thread -> !tried.contains(thread))
                        .toList();
                List<Object> waits = waits(left);
                return waits.size() >= left.size() && waits.stream().noneMatch(firstWaits::contains);
            });
            assertThat(tried).as("while one is at it, nobody else is").hasSizeLessThanOrEqualTo(1);
            again.countDown();
            for (FutureTask<Registration> other : others) {
                assertThat(other.get(120, TimeUnit.SECONDS).problem()).contains("a test's");
            }
            assertThat(first.get(120, TimeUnit.SECONDS).problem()).contains("a test's");
            assertThat(tried).hasSizeLessThan(waiting.size() - 1);
            assertThat(slow.asked).hasValue(1);
        }
    }

    /// What those wait for that wait for others: another object for each time.
    private static List<Object> waits(List<Thread> threads) {
        return threads.stream()
                .filter(JudgingTests::waitsForOthers)
                .map(LockSupport::getBlocker)
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void whatCannotBeLoadedForWantOfMemoryIsNotTurnedDown() {
        try (RecordedRegistry running = world.started()) {
            running.loader.failOnce(new OutOfMemoryError("a test's"));
            assertThat(running.register("m", 0, ONE).problem()).contains("a test's");
            running.await(() -> running.answers("m").equals("m/1"));

            running.loader.failOnce(ModelLoadException.notNow("no room"));
            assertThat(running.register("m", 0, TWO).problem()).contains("no room");
            running.await(() -> running.answers("m").equals("m/2"));
        }
    }

    @Test
    void whatWasTurnedDownSaysSo() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            world.gates = (candidate, before) -> List.of(RecordedRegistry.failed("off by 3"));
            running.register("m", 0, TWO);

            assertThat(reason(running)).isEqualTo("turned down: gate golden: off by 3");
        }
        try (RecordedRegistry again = world.started()) {
            assertThat(reason(again)).isEqualTo("turned down: gate golden: off by 3");
        }
    }

    private static String reason(RecordedRegistry running) {
        var status = Objects.requireNonNull(running.registry.model("m")).version(2);
        return Objects.requireNonNull(status).reason();
    }

    @Test
    void aDryRunWithoutRoomIsNoVerdict() {
        try (RecordedRegistry running = world.started()) {
            RegisterOrder order = running.order("m", 0, ONE);
            RegisterOrder dry =
                    new RegisterOrder("m", 0, order.content(), List.of(), Lineage.UNKNOWN, "", "", "", false, true);

            running.loader.failOnce(ModelLoadException.notNow("no room"));
            RecordedRegistry.assertRefused(
                    () -> running.admin.register(dry, "me", event -> {}),
                    "NOT_READY",
                    "it cannot be judged now: no room");
        }
    }

    @Test
    void aDryRunIsClosedHoweverItEnds() {
        try (RecordedRegistry running = world.started()) {
            world.gates = (candidate, before) -> {
                throw new OutOfMemoryError("a test's");
            };
            RegisterOrder order = running.order("m", 0, ONE);
            RegisterOrder dry =
                    new RegisterOrder("m", 0, order.content(), List.of(), Lineage.UNKNOWN, "", "", "", false, true);

            assertThatThrownBy(() -> running.admin.register(dry, "me", event -> {}))
                    .hasMessageContaining("a test's");
            running.await(() -> running.loader.model("m", 1).closings() == 1);
        }
    }
}
