package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.Target;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.RolloutRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A record that neither answers nor refuses.
final class LookoutTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private RolloutWorld world;
    private String id;
    private Thread ticking = new Thread(() -> {});

    @BeforeEach
    void open() throws IOException {
        world = new RolloutWorld(folder);
        id = world.analysed("lookup");
    }

    @AfterEach
    void close() throws InterruptedException {
        goOn();
        world.close();
    }

    /// From now on, somewhere in a tick.
    private void hang() throws InterruptedException {
        world.records.hangs = new CountDownLatch(1);
        ticking = Thread.ofPlatform().daemon().start(() -> world.tick(6));
        world.records.hanging.await();
    }

    private void goOn() throws InterruptedException {
        world.records.hangs.countDown();
        ticking.join();
    }

    @Test
    void whatIsProvenWhileTheRecordHangsTakesTheCandidateFromCallersAtOnce() throws InterruptedException {
        hang();
        world.serve("lookup", 100, 40);
        world.rollouts.look();
        assertThat(world.published.held("lookup")).as("it may come back yet").isEmpty();
        world.pass(1500);
        world.rollouts.look();

        assertThat(world.published.held("lookup")).containsExactly("canary");
        assertThat(world.rollouts.status()).hasSize(1);
        assertThat(world.rollouts.one(id).state().phase())
                .as("who asks does not wait")
                .isEqualTo(Phase.ANALYSE);
        goOn();
        world.tick(3);
        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.published.held("lookup")).isEmpty();
    }

    @Test
    void whatSomebodyElseEndedMeanwhileIsReleased() throws InterruptedException {
        hang();
        world.serve("lookup", 100, 40);
        world.pass(1500);
        world.rollouts.look();
        assertThat(world.published.held("lookup")).containsExactly("canary");
        RolloutRecord before = world.recorded(id);
        RolloutRecord ended = new RolloutRecord(
                id,
                before.route(),
                before.revision(),
                before.ticks(),
                "completed",
                "there",
                before.spec(),
                before.state().replace("\"phase\":\"ANALYSE\"", "\"phase\":\"COMPLETED\""),
                before.changed());
        var _ = world.store
                .routes()
                .change(ended, List.of(), Optional.empty(), new Act("somebody", "end", "", Instant.EPOCH));

        goOn();
        world.tick(4);

        assertThat(world.recorded(id).phase()).isEqualTo("completed");
        assertThat(world.published.held("lookup")).isEmpty();
    }

    @Test
    @Timeout(240)
    void whoAbortsIsHeardWhileTheRecordHangs() throws InterruptedException {
        hang();
        CompletableFuture<RolloutView> aborted = abort(world, id);
        TestReceiver.await(() -> !world.published.held("lookup").isEmpty(), "held");

        assertThat(world.recorded(id).phase()).isEqualTo("analyse");
        goOn();
        assertThat(aborted)
                .succeedsWithin(SOON)
                .satisfies(view -> assertThat(view.id()).isEqualTo(id));
        world.tick(3);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.recorded(id).state()).contains("manual");
        assertThat(world.published.held("lookup")).isEmpty();
    }

    private static CompletableFuture<RolloutView> abort(RolloutWorld at, String rollout) {
        return CompletableFuture.supplyAsync(
                () -> at.rollouts.act(rollout, new Wish(Command.ABORT, "me", "")),
                task -> Thread.ofPlatform().daemon().start(task));
    }

    /// It has been begun, and no tick has been since.
    @Test
    @Timeout(240)
    void whoAbortsWhatHasJustBegunIsHeardWhileTheRecordHangs() throws InterruptedException {
        String next = world.start("next", Target.version("lookup", 1));
        world.records.hangs = new CountDownLatch(1);
        ticking = Thread.ofPlatform().daemon().start(() -> world.tick(1));
        world.records.hanging.await();

        CompletableFuture<RolloutView> aborted = abort(world, next);
        TestReceiver.await(() -> !world.published.held("next").isEmpty(), "held");

        goOn();
        assertThat(aborted).succeedsWithin(SOON);
        world.tick(4);
        assertThat(world.recorded(next).phase()).isEqualTo("rolled-back");
        assertThat(world.published.held("next")).isEmpty();
    }

    @Test
    @Timeout(240)
    void whoAbortsAtAServerThatDoesNotDriveIsHeardWhileTheRecordHangs() throws InterruptedException {
        RolloutWorld other = world.beside("there");
        other.tick(2);
        other.records.hangs = new CountDownLatch(1);
        ticking = Thread.ofPlatform().daemon().start(() -> other.tick(1));
        other.records.hanging.await();

        CompletableFuture<RolloutView> aborted = abort(other, id);
        TestReceiver.await(() -> !other.published.held("lookup").isEmpty(), "held");

        other.records.hangs.countDown();
        assertThat(aborted).succeedsWithin(SOON);
        other.tick(4);
        world.tick(8);
        other.tick(3);
        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(other.published.held("lookup")).isEmpty();
        other.rollouts.close();
    }

    /// What it knows may be of before: who ticks tells that.
    @Test
    void itTellsNobodyHowARolloutDeals() throws InterruptedException {
        var _ = world.start("next", Target.version("lookup", 1));
        for (int i = 0; i < 10 && weight("next") == 0; i++) {
            world.tick(1);
        }
        assertThat(weight("next")).isEqualTo(5000);
        int told = world.traffic.dealings.get();
        hang();
        world.pass(1500);
        world.rollouts.look();
        assertThat(world.traffic.dealings).hasValue(told);

        goOn();
        assertThat(world.traffic.dealings).hasValueGreaterThan(told);
    }

    private int weight(String route) {
        return world.spec(route).candidate("canary").orElseThrow().weight();
    }

    @Test
    void whatIsNotProvenIsLeftAlone() throws InterruptedException {
        hang();
        world.serve("lookup", 100, 0);
        world.pass(5000);
        world.rollouts.look();

        assertThat(world.published.held("lookup")).isEmpty();
    }
}
