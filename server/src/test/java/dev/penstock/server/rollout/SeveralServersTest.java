package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.ArmVoice;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.Target;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A rollout of several servers that share a record: what all of them count is judged.
final class SeveralServersTest extends SeveralServersTests {
    @Test
    void whatFailsOnAServerThatDoesNotDriveRollsBack() {
        other.serve("lookup", 100, 40);
        tick(3);

        assertThat(driver.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(driver.recorded(id).state()).contains("\"errors\"");
        assertThat(driver.recorded(id).owner()).isEqualTo("here");
        assertThat(failed()).isEqualTo(40);
        assertThat(driver.store.routes().tallies(id)).isEmpty();
    }

    @Test
    void whatIsAnsweredOnAServerThatDoesNotDriveIsEnoughToGoOn() {
        driver.serve("lookup", 10, 0);
        tick(5);
        assertThat(state().phase()).as("too few").isEqualTo(Phase.ANALYSE);
        for (int i = 0; i < 3; i++) {
            other.serve("lookup", 100, 0);
            tick(1);
        }
        assertThat(state().phase()).as("nothing is proven of errors").isEqualTo(Phase.ANALYSE);

        other.serve("lookup", 20_000, 0);
        tick(4);

        assertThat(driver.recorded(id).phase()).isEqualTo("completed");
    }

    @Test
    void eachCountsOnceHoweverOftenItIsWrittenAndRead() {
        other.serve("lookup", 30, 1);
        driver.serve("lookup", 20, 0);
        tick(1);
        // It does not know whether that was written.
        other.records.losesAnswers = true;
        other.serve("lookup", 7, 0);
        tick(3);
        other.records.losesAnswers = false;
        // It was taken over and is not recorded, and read again.
        driver.records.writable = false;
        other.serve("lookup", 5, 1);
        tick(8);
        driver.records.writable = true;
        tick(20);

        assertThat(requests()).isEqualTo(62);
        assertThat(failed()).isEqualTo(2);
        assertThat(driver.store.routes().tallies(id)).isEmpty();
    }

    @Test
    void aRestartOfWhoDrivesGoesOnWithTheEvidenceOfAll() {
        other.serve("lookup", 30, 1);
        driver.serve("lookup", 20, 1);
        tick(7);

        driver.rollouts.close();
        RolloutWorld again = driver.beside("here");
        again.serve("lookup", 10, 1);
        other.serve("lookup", 10, 0);
        for (int i = 0; i < 8; i++) {
            other.tick(1);
            again.tick(1);
            again.serve("lookup", 1, 0);
        }
        again.rollouts.close();

        assertThat(driver.recorded(id).phase()).isEqualTo("analyse");
        assertThat(failed()).as("what came before it looked first is lost").isEqualTo(2);
        assertThat(requests()).isBetween(65L, 80L);
    }

    @Test
    void aServerThatStartsAnewIsAnotherSource() {
        other.serve("lookup", 30, 1);
        tick(2);
        other.rollouts.close();
        other = driver.beside("there");
        tick(4);
        other.serve("lookup", 20, 1);
        tick(8);

        assertThat(requests()).isEqualTo(50);
        assertThat(failed()).isEqualTo(2);
        assertThat(state().sources()).hasSize(3);
    }

    @Test
    void whoTakesOverHasTheEvidenceOfAll() {
        driver.serve("lookup", 30, 1);
        other.serve("lookup", 20, 1);
        tick(8);
        assertThat(requests()).isEqualTo(50);

        // Who drove it is away.
        other.serve("lookup", 10, 1);
        other.tick(30);

        assertThat(driver.recorded(id).owner()).isEqualTo("there");
        assertThat(requests()).isEqualTo(60);
        assertThat(failed()).isEqualTo(3);
        assertThat(driver.store.routes().tallies(id)).isEmpty();
        // It comes back, and does not drive.
        driver.serve("lookup", 5, 1);
        tick(12);

        assertThat(driver.recorded(id).owner()).isEqualTo("there");
        assertThat(requests()).isEqualTo(65);
        assertThat(failed()).isEqualTo(4);
    }

    @Test
    void whatTheDriverWroteWithoutBeingToldCountsOnce() {
        driver.serve("lookup", 20, 1);
        driver.records.losesAnswers = true;
        tick(7);
        assertThat(requests()).as("it is written").isEqualTo(20);
        driver.serve("lookup", 5, 0);
        tick(7);
        driver.records.losesAnswers = false;
        tick(8);

        assertThat(requests()).isEqualTo(25);
        assertThat(failed()).isEqualTo(1);
    }

    @Test
    void aServerWhoseCandidateIsNotReadyCountsNothing() {
        other.models.loading.add(2L);
        tick(1);
        for (int i = 0; i < 5; i++) {
            other.serveDefaultOnly("lookup", 1_000);
            tick(1);
        }
        tick(6);
        assertThat(state().phase()).isEqualTo(Phase.ANALYSE);
        assertThat(sum(epoch -> epoch.counts("stable").requests())).isZero();

        other.models.loading.clear();
        tick(1);
        other.serve("lookup", 30, 0);
        tick(7);
        assertThat(requests()).isEqualTo(30);
    }

    @Test
    void nobodyIsPromotedWhileItIsNotReadySomewhere() {
        other.models.loading.add(2L);
        tick(2);
        driver.serve("lookup", 20_000, 0);
        tick(12);
        assertThat(state().phase()).isEqualTo(Phase.ANALYSE);
        assertThat(driver.rollouts.one(id).waitsFor()).startsWith("lookup@2: on there");

        other.models.loading.clear();
        tick(4);
        assertThat(driver.recorded(id).phase()).isEqualTo("completed");
        assertThat(driver.store.routes().tallies(id)).isEmpty();
    }

    @Test
    void aServerThatIsGoneKeepsNobodyWaiting() {
        other.models.loading.add(2L);
        tick(2);
        driver.serve("lookup", 20_000, 0);
        driver.tick(15);
        assertThat(state().phase()).isEqualTo(Phase.ANALYSE);
        driver.tick(10);
        assertThat(driver.recorded(id).phase()).isEqualTo("completed");
    }

    @Test
    void aLoadThatFailsElsewhereIsHeard() {
        other.models.unloadable.put(2L, "no memory for it");
        tick(8);
        assertThat(state().phase()).as("it may be loaded once more").isEqualTo(Phase.ANALYSE);
        tick(8);

        assertThat(driver.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(state().reason()).isEqualTo("not-ready");
        assertThat(state().detail()).isEqualTo("on there: no memory for it");
    }

    @Test
    void nobodyGetsAShareWhileItIsNotReadySomewhere() {
        other.models.loading.add(2L);
        String second = driver.start("second", Target.version("lookup", 1));
        tick(10);
        assertThat(driver.rollouts.one(second).state().phase()).isEqualTo(Phase.PREFLIGHT);
        assertThat(driver.rollouts.one(second).waitsFor()).startsWith("lookup@2: on there");

        other.models.loading.clear();
        tick(3);
        assertThat(driver.rollouts.one(second).state().weights()).containsEntry("canary", 5_000);
    }

    @Test
    void whatWasToldWhileThisServerDidNotReadCanBeSeen() {
        act(driver, Command.PAUSE, Wish.ALL);
        other.tick(1);
        assertThatThrownBy(() -> act(other, Command.RESUME, 1_000))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("expected: the number of an event");
        act(driver, Command.RESUME, Wish.ALL);
        act(driver, Command.PAUSE, Wish.ALL);
        long seen = other.rollouts.one(id).state().events();

        act(other, Command.RESUME, seen);

        assertThat(driver.recorded(id).phase()).isNotEqualTo("paused");
        tick(8);
        assertThat(driver.recorded(id).phase()).isEqualTo("analyse");
    }

    private static final String TWO_STEPS = """
            {"route": "second", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "objective": "50%",
             "metrics": [{"type": "errors", "required": false}],
             "steps": [{"weight": "10%", "minDuration": "10s", "require": "none"},
                       {"weight": "50%", "minDuration": "1h", "require": "none"}]}""";

    private long right(String rollout, int weight) {
        return StateJson.read(driver.recorded(rollout).state()).epochs().stream()
                .filter(epoch -> epoch.weight("canary") == weight)
                .mapToLong(epoch -> epoch.counts("canary").right().count())
                .sum();
    }

    /// The next step has begun when it is known what was right.
    @Test
    void whatIsSaidToAServerThatDoesNotDriveCountsOnceUnderTheSharesOfThen() {
        String second = driver.start("second", Target.version("lookup", 1), TWO_STEPS);
        tick(6);
        RestartedLabelsTest.bind(other, "second");
        long tenth = other.minute();
        driver.serve("second", 100, 0);
        tick(14);
        assertThat(driver.spec("second").candidate("canary").orElseThrow().weight())
                .isEqualTo(5_000);
        RestartedLabelsTest.bind(other, "second");
        tick(2);

        ArmVoice canary = Objects.requireNonNull(
                other.traffic.ledgers.voice(ArmName.hash("second", "canary"), new ModelKey("lookup", 2), tenth, 1_000));
        canary.label(3, true);
        tick(10);
        assertThat(driver.recorded(second).owner()).isEqualTo("here");
        assertThat(right(second, 1_000)).isEqualTo(1);
        assertThat(right(second, 5_000)).isZero();

        // Who drives it is started anew, and reads what is recorded.
        driver.rollouts.close();
        RolloutWorld again = driver.beside("here");
        for (int i = 0; i < 10; i++) {
            other.tick(1);
            again.tick(1);
        }
        again.rollouts.close();
        assertThat(right(second, 1_000)).isEqualTo(1);
    }

    private void act(RolloutWorld by, Command command, long seen) {
        var _ = by.rollouts.act(id, new Wish(command, "", "ana", "", seen));
    }
}
