package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.server.OwnThreads;
import dev.penstock.server.admin.LifecyclePhase;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.gate.Candidate;
import dev.penstock.server.store.GateRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Versions are judged away from the loader thread, and whatever happens meanwhile they are closed once.
class JudgingTest extends JudgingTests {
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
}
