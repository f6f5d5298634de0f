package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a rollout while somebody sets the clock on the wall.
final class SetClockTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @TempDir
    private Path folder;

    private RolloutWorld world;
    private String id;

    @BeforeEach
    void open() throws IOException {
        world = new RolloutWorld(folder);
        id = world.analysed("lookup");
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void whatCouldNotBeRecordedIsAMomentLaterThoughTheClockIsSetBack() {
        world.records.writable = false;
        world.serve("lookup", 100, 40);
        world.tick(3);
        assertThat(world.published.held("lookup")).containsExactly("canary");

        world.setClock(-HOUR);
        world.records.writable = true;
        world.tick(7);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
    }

    @Test
    void whatIsCountedIsRecordedThoughTheClockIsSetBack() {
        world.serve("lookup", 30, 0);
        world.setClock(-HOUR);
        world.tick(6);

        assertThat(StateJson.read(world.recorded(id).state()).epochs())
                .anySatisfy(
                        epoch -> assertThat(epoch.counts("canary").requests()).isEqualTo(30));
    }

    @Test
    void whoDrivesIsTakenForGoneOnlyWhenSilent() {
        RolloutWorld other = world.beside("there");
        other.tick(2);

        other.setClock(HOUR);
        other.tick(2);
        assertThat(world.recorded(id).owner()).as("silent for seconds").isEqualTo("here");
        other.setClock(-2 * HOUR);
        other.tick(21);

        assertThat(world.recorded(id).owner()).isEqualTo("there");
        other.rollouts.close();
    }

    @Test
    void whatIsProvenWhileTheRecordHangsIsFoundThoughTheClockIsSetBack() throws InterruptedException {
        world.records.hangs = new CountDownLatch(1);
        Thread ticking = Thread.ofPlatform().daemon().start(() -> world.tick(6));
        world.records.hanging.await();
        world.serve("lookup", 100, 40);

        world.setClock(-HOUR);
        world.pass(1500);
        world.rollouts.look();

        assertThat(world.published.held("lookup")).containsExactly("canary");
        world.records.hangs.countDown();
        ticking.join();
    }

    @Test
    void whatAnotherServerSaidOfACandidateHoldsThoughTheClockIsSet() {
        RolloutWorld other = world.beside("there");
        other.models.loading.add(2L);
        other.tick(2);
        world.tick(2);

        world.serve("lookup", 20_000, 0);
        world.setClock(HOUR);
        world.tick(3);

        assertThat(world.recorded(id).phase()).as("a promotion waits for it").isEqualTo("analyse");
        other.rollouts.close();
    }
}
