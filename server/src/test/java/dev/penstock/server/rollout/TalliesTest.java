package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Tally;
import dev.penstock.server.store.RolloutTallyRecord;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What servers send to who drives a rollout does not stay, whatever becomes of it.
final class TalliesTest extends SeveralServersTests {
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
                List.of(readable), List.of(), Map.of(), Map.of("mixed/1", new Tallies.Unread(2, "it is nonsense")));
        assertThat(Tallies.leftOut(state(), found)).isEmpty();
        assertThat(Tallies.leftOut(state(), new Tallies.Found(List.of(), List.of(), Map.of(), found.unread())))
                .isEqualTo(Map.of("mixed/1", 2L));
    }

    @Test
    void aSourceThatIsLeftOutIsToldOfOnce() {
        Set<String> warned = new HashSet<>();
        Tallies.Found found = new Tallies.Found(
                List.of(), List.of(), Map.of(), Map.of("newer/1", new Tallies.Unread(2, "it is nonsense")));
        Tallies.warn(id, state(), found, warned);
        assertThat(warned).containsExactly("newer/1");
        Tallies.warn(
                id,
                state(),
                new Tallies.Found(List.of(new Tally("there/9", 1, List.of(), 0)), List.of(), Map.of(), Map.of()),
                warned);
        assertThat(warned).as("there is room for another one").containsExactly("newer/1");
    }

    /// What this release knows counts; what it does not is told of, as nobody would miss it else.
    @Test
    void whatOnlyANewerReleaseCountsIsToldOf() {
        String newer =
                "[{\"step\":0,\"weights\":{\"canary\":5000},\"counts\":{\"canary\":{\"failed\":2,\"queued\":7}},\"sinceMillis\":5}]";
        assertThat(driver.store.routes().add(new RolloutTallyRecord(id, "newer/1", 1, newer)))
                .isTrue();
        assertThat(driver.store
                        .routes()
                        .add(new RolloutTallyRecord(id, "same/1", 1, newer.replace(",\"queued\":7", ""))))
                .isTrue();

        Tallies.Found found = new Tallies(driver.records).read(id);

        assertThat(found.tallies())
                .extracting(tally -> tally.epochs().getFirst().counts("canary").failed())
                .containsExactly(2L, 2L);
        assertThat(found.partly())
                .containsOnlyKeys("newer/1")
                .containsEntry("newer/1", "only a newer release knows what epochs[0].counts.canary.queued is");
        assertThat(found.unread()).isEmpty();
        Set<String> warned = new HashSet<>();
        Tallies.warn(id, state(), found, warned);
        assertThat(warned).containsExactly("newer/1");
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
