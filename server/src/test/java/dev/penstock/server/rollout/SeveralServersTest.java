package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Tally;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.Target;
import dev.penstock.server.store.RolloutTallyRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A rollout of several servers that share a record: what all of them count is judged.
final class SeveralServersTest {
    @TempDir
    private Path folder;

    private RolloutWorld driver;
    private RolloutWorld other;
    private String id;

    @BeforeEach
    void open() throws IOException {
        driver = new RolloutWorld(folder);
        id = driver.start("lookup", Target.version("lookup", 1));
        other = driver.beside("there");
        tick(8);
        assertThat(state().phase()).isEqualTo(Phase.ANALYSE);
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

    private long sum(ToLongFunction<Epoch> counted) {
        return StateJson.read(driver.recorded(id).state()).epochs().stream()
                .mapToLong(counted)
                .sum();
    }

    private long failed() {
        return sum(epoch -> epoch.counts("canary").failed());
    }

    private long requests() {
        return sum(epoch -> epoch.counts("canary").requests());
    }

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
    void whatTheDriverDecidedAndWroteWithoutBeingToldIsToldOnce() {
        driver.records.losesChanges = true;
        driver.serve("lookup", 100, 40);
        driver.tick(1);
        assertThat(driver.recorded(id).phase()).as("it is written").isEqualTo("rolling-back");
        assertThat(told("rolling-back")).isZero();
        driver.records.losesChanges = false;
        driver.tick(12);

        assertThat(driver.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(told("rolling-back")).isEqualTo(1);
        assertThat(told("rolled-back")).isEqualTo(1);
    }

    private static Wish wish(Command command) {
        return new Wish(command, "ana", "it looks odd");
    }

    @Test
    void aWordThatAnotherServerWroteWithoutBeingToldIsToldOnce() {
        other.records.losesChanges = true;
        assertThatThrownBy(() -> other.rollouts.act(id, wish(Command.PAUSE))).isInstanceOf(ServingException.class);
        other.records.losesChanges = false;
        assertThat(driver.recorded(id).phase()).as("it is written").isEqualTo("paused");
        tick(8);

        assertThat(told("paused") + told(other, "paused")).isEqualTo(1);
        assertThat(driver.events)
                .filteredOn(event -> event.contains("\"paused\""))
                .singleElement()
                .asString()
                .contains("rollout.phase-changed.v1 lookup", "\"actor\":\"ana\"", "it looks odd");
    }

    @Test
    void aWordThatAnotherServerWroteIsToldOnceAlsoIfTheAnswersOfWhoDrivesAreLost() {
        assertThat(other.rollouts.act(id, wish(Command.PAUSE)).id()).isEqualTo(id);
        driver.records.losesAnswers = true;
        driver.records.losesChanges = true;
        driver.tick(8);
        driver.records.losesAnswers = false;
        driver.records.losesChanges = false;
        assertThat(other.rollouts.act(id, wish(Command.RESUME)).id()).isEqualTo(id);
        tick(16);

        assertThat(told("paused") + told(other, "paused")).isEqualTo(1);
        assertThat(told("resumed") + told(other, "resumed")).isEqualTo(1);
    }

    @Test
    void aWordIsToldByWhoTakesOverIfNobodyDrives() {
        other.records.losesChanges = true;
        assertThatThrownBy(() -> other.rollouts.act(id, wish(Command.PAUSE))).isInstanceOf(ServingException.class);
        other.records.losesChanges = false;
        other.tick(15);
        assertThat(told(other, "paused")).isZero();
        other.tick(15);
        tick(3);

        assertThat(driver.recorded(id).owner()).isEqualTo("there");
        assertThat(told("paused") + told(other, "paused")).isEqualTo(1);
    }

    private long told(String decision) {
        return told(driver, decision);
    }

    private static long told(RolloutWorld server, String decision) {
        return server.rollouts.decisions().entrySet().stream()
                .filter(each -> each.getKey().decision().equals(decision))
                .mapToLong(Map.Entry::getValue)
                .sum();
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
        other.loading.add(2L);
        tick(1);
        for (int i = 0; i < 5; i++) {
            other.serveDefaultOnly("lookup", 1_000);
            tick(1);
        }
        tick(6);
        assertThat(state().phase()).isEqualTo(Phase.ANALYSE);
        assertThat(sum(epoch -> epoch.counts("stable").requests())).isZero();

        other.loading.clear();
        tick(1);
        other.serve("lookup", 30, 0);
        tick(7);
        assertThat(requests()).isEqualTo(30);
    }

    @Test
    void nobodyIsPromotedWhileItIsNotReadySomewhere() {
        other.loading.add(2L);
        tick(2);
        driver.serve("lookup", 20_000, 0);
        tick(12);
        assertThat(state().phase()).isEqualTo(Phase.ANALYSE);
        assertThat(driver.rollouts.one(id).waitsFor()).startsWith("lookup@2: on there");

        other.loading.clear();
        tick(4);
        assertThat(driver.recorded(id).phase()).isEqualTo("completed");
        assertThat(driver.store.routes().tallies(id)).isEmpty();
    }

    @Test
    void aServerThatIsGoneKeepsNobodyWaiting() {
        other.loading.add(2L);
        tick(2);
        driver.serve("lookup", 20_000, 0);
        driver.tick(15);
        assertThat(state().phase()).isEqualTo(Phase.ANALYSE);
        driver.tick(10);
        assertThat(driver.recorded(id).phase()).isEqualTo("completed");
    }

    @Test
    void aLoadThatFailsElsewhereIsHeard() {
        other.unloadable.put(2L, "no memory for it");
        tick(8);
        assertThat(state().phase()).as("it may be loaded once more").isEqualTo(Phase.ANALYSE);
        tick(8);

        assertThat(driver.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(state().reason()).isEqualTo("not-ready");
        assertThat(state().detail()).isEqualTo("on there: no memory for it");
    }

    @Test
    void nobodyGetsAShareWhileItIsNotReadySomewhere() {
        other.loading.add(2L);
        String second = driver.start("second", Target.version("lookup", 1));
        tick(10);
        assertThat(driver.rollouts.one(second).state().phase()).isEqualTo(Phase.PREFLIGHT);
        assertThat(driver.rollouts.one(second).waitsFor()).startsWith("lookup@2: on there");

        other.loading.clear();
        tick(3);
        assertThat(driver.rollouts.one(second).state().weights()).containsEntry("canary", 5_000);
    }

    @Test
    void whatNobodyCanReadDoesNotStay() {
        for (String unreadable : List.of("nonsense", "[{\"counts\":{\"canary\":{\"latency\":[1,99999,3]}}}]")) {
            assertThat(driver.store
                            .routes()
                            .add(new RolloutTallyRecord(id, "newer/1", unreadable.length(), unreadable)))
                    .isTrue();
        }
        other.serve("lookup", 30, 1);
        tick(8);

        assertThat(driver.store.routes().tallies(id)).isEmpty();
        assertThat(requests()).isEqualTo(30);
        assertThat(state().sources())
                .as("evidence is divided by those that counted")
                .hasSize(2)
                .doesNotContainKey("newer/1");
    }

    @Test
    void whatCannotBeReadDropsNothingThatCanBe() {
        Tally readable = new Tally("mixed/1", 1, List.of(), 0);
        Tallies.Found found = new Tallies.Found(
                List.of(readable), List.of(), Map.of("mixed/1", new Tallies.Unread(2, "it is nonsense")));
        assertThat(Tallies.leftOut(state(), found)).isEmpty();
        assertThat(Tallies.leftOut(state(), new Tallies.Found(List.of(), List.of(), found.unread())))
                .isEqualTo(Map.of("mixed/1", 2L));
    }

    @Test
    void aSourceThatIsLeftOutIsToldOfOnce() {
        Set<String> warned = new HashSet<>();
        Tallies.Found found =
                new Tallies.Found(List.of(), List.of(), Map.of("newer/1", new Tallies.Unread(2, "it is nonsense")));
        Tallies.warn(id, state(), found, warned);
        assertThat(warned).containsExactly("newer/1");
        Tallies.warn(
                id,
                state(),
                new Tallies.Found(List.of(new Tally("there/9", 1, List.of(), 0)), List.of(), Map.of()),
                warned);
        assertThat(warned).as("there is room for another one").containsExactly("newer/1");
    }

    @Test
    void whatTooManySourcesCountDoesNotStayEither() {
        for (int i = 0; i < 600; i++) {
            assertThat(driver.store.routes().add(new RolloutTallyRecord(id, "start/" + i, 1, "[]")))
                    .isTrue();
            if (i % 200 == 199) {
                tick(8);
            }
        }
        tick(8);

        assertThat(state().sources()).hasSize(512);
        assertThat(driver.store.routes().tallies(id)).isEmpty();
    }

    @Test
    void whatIsFarTooLargeIsNotSentAgain() {
        long[] bins = new long[3_000_000];
        Arrays.fill(bins, 1);
        ArmCounts huge = new ArmCounts.Builder().bins(bins).build();
        Epoch epoch = new Epoch(0, Map.of("canary", 5000), Map.of("canary", huge), Map.of());
        Tallies tallies = new Tallies(driver.records);

        assertThat(tallies.send(id, new Tally("big/1", 1, List.of(epoch), 0))).isTrue();
        assertThat(driver.store.routes().tallies(id)).isEmpty();
        driver.records.writable = false;
        assertThatThrownBy(() -> tallies.send(id, new Tally("big/1", 2, List.of(), 0)))
                .isInstanceOf(ServingException.class);
    }
}
