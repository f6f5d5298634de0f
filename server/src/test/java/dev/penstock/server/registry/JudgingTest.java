package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.Device;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.gate.Candidate;
import dev.penstock.server.registry.RecordedRegistry.World;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.VersionRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Versions are judged away from the loader thread, and whatever happens meanwhile they are closed once.
@Timeout(240)
class JudgingTest {
    private static final String ONE = RecordedRegistry.model(1);
    private static final String TWO = RecordedRegistry.model(2);

    @TempDir
    private Path root;

    private World world;
    private final SlowGate slow = new SlowGate("m/2");

    @BeforeEach
    void lay() {
        world = new World(root);
    }

    /// Thinks about one version until the test lets it.
    private static final class SlowGate {
        private final String about;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);
        private final AtomicInteger asked = new AtomicInteger();

        SlowGate(String about) {
            this.about = about;
        }

        List<GateRecord> judge(Candidate candidate) {
            if (candidate.key().toString().equals(about)) {
                asked.incrementAndGet();
                reached.countDown();
                await(open);
            }
            return List.of();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<Registration> slowly(RecordedRegistry running, String... aliases) {
        world.gates = (candidate, before) -> slow.judge(candidate);
        CompletableFuture<Registration> judged = OwnThreads.call(() -> running.register("m", 0, TWO, aliases));
        await(slow.reached);
        return judged;
    }

    @Test
    void othersLoadAndCloseWhileAVersionIsJudged() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            CompletableFuture<Registration> judged = slowly(running);

            assertThat(running.register("other", 0, ONE).serving()).isTrue();
            assertThat(running.register("other", 0, TWO).serving()).isTrue();
            running.await(() -> running.loader.model("other", 1).closings() == 1);
            assertThat(running.answers("m")).isEqualTo("m/1");
            slow.open.countDown();
            assertThat(judged.join().serving()).isTrue();
            assertThat(running.answers("m")).isEqualTo("m/2");
            running.await(() -> running.loader.model("m", 1).closings() == 1);
            assertThat(running.loader.model("m", 2).closings()).isZero();
        }
    }

    @Test
    void itsLifeIsToldStepByStep() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);

            assertThat(running.events.stream().map(event -> event.phase()))
                    .containsSubsequence(
                            LifecyclePhase.LOADING,
                            LifecyclePhase.WARMING,
                            LifecyclePhase.CHECKING,
                            LifecyclePhase.READY);
        }
    }

    @Test
    void aVersionThatIsDeletedWhileItIsJudgedIsClosedAndNeverServes() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            CompletableFuture<Registration> judged = slowly(running);

            running.admin.delete("m", 2, "me");
            assertThat(running.answers("m")).isEqualTo("m/1");
            slow.open.countDown();
            assertThatThrownBy(judged::join).hasRootCauseInstanceOf(ServingException.class);
            running.await(() -> running.loader.model("m", 2).closings() == 1);
            assertThat(running.answers("m")).isEqualTo("m/1");
            assertThat(running.admin.registered("m").versions()).containsOnlyKeys(1L);
        }
    }

    @Test
    void aModelThatIsDeletedWhileItIsJudgedIsGoneAtOnce() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            CompletableFuture<Registration> judged = slowly(running);

            running.admin.delete("m", 0, "me");
            running.await(() -> running.registry.model("m") == null);
            slow.open.countDown();
            assertThatThrownBy(judged::join).hasRootCauseInstanceOf(ServingException.class);
            running.await(() -> running.loader.model("m", 2).closings() == 1);
            assertThat(running.registry.model("m")).isNull();
        }
    }

    @Test
    void theSameBytesAreJudgedOnceWhoeverBringsThem() {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            CompletableFuture<Registration> first = slowly(running);
            CompletableFuture<Registration> second = OwnThreads.call(() -> running.register("m", 2, TWO));

            slow.open.countDown();
            assertThat(first.join().serving()).isTrue();
            assertThat(second.join().serving()).isTrue();
            assertThat(slow.asked).hasValue(1);
            assertThat(running.loader.loadedKeys()).containsExactly("m/1", "m/2");
        }
    }

    @Test
    void whatIsRegisteredAnewWhileItIsJudgedIsJudgedAnewInThatCall() throws Exception {
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            CompletableFuture<Registration> first = slowly(running);
            running.admin.delete("m", 2, "me");
            FutureTask<Registration> second = new FutureTask<>(() -> running.register("m", 2, TWO));
            Thread waiting = Thread.ofPlatform().start(second);
            running.await(() -> waitsForOthers(waiting) || second.isDone());

            slow.open.countDown();
            assertThat(second.get().serving()).as(second.get().problem()).isTrue();
            assertThat(second.get().version().gates()).isNotEmpty();
            assertThat(slow.asked).hasValue(2);
            assertThat(first).succeedsWithin(120, TimeUnit.SECONDS);
        }
    }

    @Test
    void aConfigurationThatIsSetWhileAVersionIsJudgedIsJudgedInThatCall() throws Exception {
        String config = "parameters { key: \"batching\" value { string_value: \"off\" } }";
        try (RecordedRegistry running = world.started()) {
            running.register("m", 0, ONE);
            CompletableFuture<Registration> first = slowly(running);
            FutureTask<Registration> second = new FutureTask<>(
                    () -> running.admin.register(running.configured("m", 2, TWO, config), "me", event -> {}));
            Thread waiting = Thread.ofPlatform().start(second);
            running.await(() -> waitsForOthers(waiting) || second.isDone());

            slow.open.countDown();
            assertThat(second.get().serving()).as(second.get().problem()).isTrue();
            assertThat(first.join().serving()).as(first.join().problem()).isTrue();
            assertThat(slow.asked).hasValue(2);
            assertThat(running.admin.registered("m").config()).isEqualTo(config);
        }
    }

    private static boolean waitsForOthers(Thread thread) {
        return Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(OneByOne.class.getName()))
                && thread.getState() == Thread.State.WAITING;
    }

    @Test
    void aServerThatStopsClosesWhatIsJudged() {
        RecordedRegistry running = world.started();
        running.register("m", 0, ONE);
        CompletableFuture<Registration> judged = slowly(running);

        running.registry.stopServing();
        slow.open.countDown();
        assertThat(judged.join().problem()).contains("it is recorded, and is loaded later");
        running.close();
        assertThat(running.loader.model("m", 2).closings()).isOne();
        assertThat(running.loader.model("m", 1).closings()).isOne();

        // What was said of it is recorded.
        try (RecordedRegistry again = world.started()) {
            assertThat(again.answers("m")).isEqualTo("m/2");
            assertThat(slow.asked).hasValue(1);
        }
    }

    @Test
    void aServerThatStopsWaitsForNoGateAndItIsAskedAgain() {
        RecordedRegistry running = world.started();
        running.register("m", 0, ONE);
        world.gates = new VersionGates() {
            @Override
            public List<GateRecord> check(Candidate candidate, @Nullable Signature before) {
                slow.reached.countDown();
                await(slow.open);
                throw new ServingException(ErrorCode.NOT_READY, "a test's");
            }

            @Override
            public void stop() {
                slow.open.countDown();
            }
        };
        CompletableFuture<Registration> judged = OwnThreads.call(() -> running.register("m", 0, TWO, "canary"));
        await(slow.reached);

        running.close();
        assertThat(judged.join().problem())
                .as("as the gate said, or as the loader did if that ended first")
                .containsAnyOf("a test's", "Server is stopping");
        assertThat(running.loader.model("m", 2).closings()).isOne();

        world.gates = VersionGates.NONE;
        try (RecordedRegistry again = world.started()) {
            assertThat(again.answers("m@canary")).isEqualTo("m/2");
        }
    }

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
            AtomicInteger tries = new AtomicInteger();
            world.gates = (candidate, before) -> {
                if (waiting.contains(Thread.currentThread())) {
                    tries.incrementAndGet();
                }
                await(again);
                throw new ServingException(ErrorCode.NOT_READY, "a test's");
            };

            slow.open.countDown();
            // One of them tries, or the server by itself, and the others wait for that once more, unless what
            // the server tried was an answer to them as well.
            running.await(() -> {
                List<Thread> alive = waiting.stream().filter(Thread::isAlive).toList();
                List<Object> waits = waits(alive);
                return waits.size() >= alive.size() && waits.stream().noneMatch(firstWaits::contains);
            });
            again.countDown();
            for (FutureTask<Registration> other : others) {
                assertThat(other.get(120, TimeUnit.SECONDS).problem()).contains("a test's");
            }
            assertThat(first.get(120, TimeUnit.SECONDS).problem()).contains("a test's");
            assertThat(tries).hasValueLessThan(waiting.size() - 1);
            assertThat(slow.asked).hasValue(1);
        }
    }

    /// What those wait for that wait for others, or are at it themselves: another object for each time.
    private static List<Object> waits(List<Thread> threads) {
        return threads.stream()
                .filter(JudgingTest::waitsForOthers)
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
