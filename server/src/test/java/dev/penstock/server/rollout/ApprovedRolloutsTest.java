package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.OutOfPlace;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.Target;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A rollout of two servers that waits for approval: any of them takes that, and what their guards say counts.
final class ApprovedRolloutsTest {
    private static final String ROLLOUT = """
            {"route": "lookup", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "objective": "50%",
             "metrics": [{"type": "errors"}], "steps": [{"weight": "10%", "minDuration": "2s", "require": "none",
             "approve": true}, {"weight": "50%", "minDuration": "2s"}]}""";

    @TempDir
    private Path folder;

    private RolloutWorld driver;
    private RolloutWorld other;
    private String id;

    @BeforeEach
    void untilItIsAskedFor() throws IOException {
        driver = new RolloutWorld(folder);
        id = driver.start("lookup", Target.version("lookup", 1), ROLLOUT);
        other = driver.beside("there");
        tick(8);
        driver.serve("lookup", 100, 0);
        tick(3);
        assertThat(state().phase()).isEqualTo(Phase.PAUSED);
        assertThat(state().reason()).isEqualTo("approval");
    }

    @AfterEach
    void close() {
        other.rollouts.close();
        driver.close();
    }

    private void tick(int seconds) {
        for (int i = 0; i < seconds; i++) {
            other.tick(1);
            driver.tick(1);
        }
    }

    private RolloutState state() {
        return driver.rollouts.one(id).state();
    }

    private static Wish approve() {
        return new Wish(Command.APPROVE, "ana", "I looked");
    }

    @Test
    void whoTellsAServerThatDoesNotDriveIsHeard() {
        tick(20);
        assertThat(state().phase()).isEqualTo(Phase.PAUSED);
        assertThat(driver.events.toString()).contains("rollout.phase-changed.v1", "\"reason\":\"approval\"");

        var _ = other.rollouts.act(id, approve());
        tick(4);

        assertThat(state().step()).isEqualTo(1);
        assertThat(driver.spec("lookup").candidates().getFirst().weight()).isEqualTo(5_000);
        assertThat(driver.events.toString()).contains("\"kind\":\"approved\"");
        assertThatThrownBy(() -> driver.rollouts.act(id, approve())).isInstanceOf(OutOfPlace.class);
    }

    @Test
    void aServerThatStartsAnewWaitsForItAndTakesIt() {
        driver.rollouts.close();
        RolloutWorld again = driver.beside("here");
        again.tick(5);
        assertThat(RolloutViewJson.of(again.rollouts.one(id))
                        .path("status")
                        .path("awaitsApproval")
                        .asBoolean())
                .isTrue();

        var _ = again.rollouts.act(id, approve());
        again.rollouts.close();
        RolloutWorld last = driver.beside("here");
        last.tick(5);

        assertThat(last.rollouts.one(id).state().step())
                .as("nobody is asked twice")
                .isEqualTo(1);
        last.rollouts.close();
    }

    @Test
    void aGuardOfAnotherServerRollsBackWhatWaits() {
        other.trip("lookup");
        tick(5);

        assertThat(driver.recorded(id).phase()).isEqualTo("rolled-back");
        assertThatThrownBy(() -> other.rollouts.act(id, approve())).isInstanceOf(OutOfPlace.class);
    }
}
