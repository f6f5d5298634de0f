package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.OutOfPlace;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.Target;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.RolloutRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What a server does when its record, its guards, its routes, or other servers are not as it would have them.
final class RolloutsTest extends RolloutTests {
    private static final Act ELSEWHERE = new Act("somebody", "pause", "", Instant.EPOCH);

    private Phase phase(String id) {
        return world.rollouts.one(id).state().phase();
    }

    /// What decides nothing is beside the metrics, and not among what a decision is told with.
    @Test
    void reportsAreShownBesideTheMetrics() {
        String id = world.analysed("lookup");
        world.serve("lookup", 100, 40);
        world.tick(1);
        JsonNode metrics =
                RolloutViewJson.of(world.rollouts.one(id)).path("status").path("metrics");
        assertThat(metrics.path(0).path("name").asString()).isEqualTo("errors");
        assertThat(metrics.path(0).path("state").asString()).isEqualTo("fail");
        assertThat(metrics.path(1).path("name").asString()).isEqualTo("errors-msprt");
        assertThat(metrics.path(1).path("state").asString()).isEqualTo("report");
        assertThat(metrics.path(1).path("estimate").asDouble()).isEqualTo(0.4);
        assertThat(metrics.path(1).path("logE_rollback").asDouble())
                .isGreaterThan(metrics.path(1).path("threshold").asDouble());
        world.tick(7);
        assertThat(world.store.routes().events(id, 0, 100).toString())
                .contains("errors")
                .doesNotContain("msprt");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void evidenceRollsBackWhileTheRecordIsAwayAndItIsRecordedLater(boolean readable) {
        String id = world.analysed("lookup");
        assertThat(phase(id)).isEqualTo(Phase.ANALYSE);
        world.records.readable = readable;
        world.records.writable = false;
        // A write fails before there is any evidence.
        world.tick(6);
        world.serve("lookup", 100, 40);
        world.tick(1);

        assertThat(world.published.held("lookup")).containsExactly("canary");
        assertThat(phase(id)).isEqualTo(Phase.ROLLING_BACK);
        world.tick(20);
        assertThat(world.published.held("lookup")).containsExactly("canary");
        assertThat(world.recorded(id).phase()).isEqualTo("analyse");
        world.records.readable = true;
        world.records.writable = true;
        world.tick(7);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.recorded(id).state()).contains("\"errors\"");
        assertThat(world.store.routes().events(id, 0, 100).toString()).contains("rolling-back", "rolled-back");
        assertThat(world.spec("lookup").candidates().getFirst().weight()).isZero();
        assertThat(world.published.held("lookup")).isEmpty();
    }

    @Test
    void whoAbortsIsHeardWhileTheRecordIsAway() {
        String id = world.analysed("lookup");
        world.records.readable = false;
        world.records.writable = false;

        assertThatThrownBy(() -> world.rollouts.act(id, new Wish(Command.ABORT, "me", "no")))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("gets no requests on this server any more");
        assertThat(world.published.held("lookup")).containsExactly("canary");
        world.tick(10);
        assertThat(world.published.held("lookup")).containsExactly("canary");
        world.records.readable = true;
        world.records.writable = true;
        world.tick(8);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.recorded(id).state()).contains("manual");
    }

    /// What this server has decided and held while its record was away, and what another one wrote meanwhile.
    private void heldHereAndWrittenElsewhere(String id, String phase, String state) {
        RolloutRecord before = world.recorded(id);
        world.records.readable = false;
        world.records.writable = false;
        world.tick(6);
        world.serve("lookup", 100, 40);
        world.tick(1);
        assertThat(world.published.held("lookup")).containsExactly("canary");
        RolloutRecord there = new RolloutRecord(
                id,
                before.route(),
                before.revision(),
                before.ticks(),
                phase,
                "there",
                before.spec(),
                state,
                before.changed());
        var _ = world.store.routes().change(there, List.of(), Optional.empty(), ELSEWHERE);
        world.records.readable = true;
        world.records.writable = true;
    }

    @Test
    void whatWasHeldHereIsReleasedOnceAnotherServerGoesOnWithTheCandidate() {
        String id = world.analysed("lookup");
        heldHereAndWrittenElsewhere(id, "analyse", world.recorded(id).state());

        world.tick(6);

        assertThat(phase(id)).isEqualTo(Phase.ANALYSE);
        assertThat(world.published.held("lookup")).isEmpty();
    }

    @Test
    void whatWasHeldHereIsReleasedWhereAPersonEndedItElsewhere() {
        String id = world.analysed("lookup");
        String over = world.recorded(id).state().replace("\"phase\":\"ANALYSE\"", "\"phase\":\"COMPLETED\"");
        heldHereAndWrittenElsewhere(id, "completed", over);

        world.tick(6);

        assertThat(world.published.held("lookup")).isEmpty();
        assertThat(world.rollouts.status()).isEmpty();
        assertThatThrownBy(() -> world.rollouts.act(id, new Wish(Command.ABORT, "me", "")))
                .isInstanceOf(OutOfPlace.class)
                .hasMessageContaining("completed");
        assertThat(world.recorded(id).phase()).isEqualTo("completed");
    }

    @Test
    void whatWasCountedSinceCountsAlthoughSomebodyElseWrote() {
        String id = world.analysed("lookup");
        RolloutRecord before = world.recorded(id);
        world.serve("lookup", 3, 2);
        world.tick(1);
        assertThat(phase(id)).as("too little").isEqualTo(Phase.ANALYSE);
        var _ = world.store.routes().change(before, List.of(), Optional.empty(), ELSEWHERE);
        world.serve("lookup", 3, 3);
        world.tick(6);

        assertThat(failed(id)).isEqualTo(5);
    }

    @Test
    void oneThatCannotBeLookedAfterStopsNoOther() {
        String bad = world.analysed("other");
        String good = world.analysed("lookup");
        world.traffic.broken = "other";
        world.serve("lookup", 100, 40);
        world.tick(3);

        assertThat(world.recorded(good).phase()).isEqualTo("rolled-back");
        assertThat(world.rollouts.one(bad).waitsFor()).contains("nothing can be counted");
    }

    @Test
    void aGuardOfAnotherVersionSaysNothingAndItsOwnSaysWhy() {
        String id = world.analysed("lookup");
        world.trips.put(new ArmName("lookup", "canary", new ModelKey("lookup", 7)), "long ago");
        world.tick(2);
        assertThat(phase(id)).isEqualTo(Phase.ANALYSE);
        world.trips.put(new ArmName("lookup", "canary", new ModelKey("lookup", 2)), "31 failures, and 0");
        world.tick(1);

        assertThat(phase(id)).isEqualTo(Phase.ROLLING_BACK);
        assertThat(world.rollouts.one(id).state().detail()).isEqualTo("31 failures, and 0");
    }

    @Test
    void evidenceOfOneRolloutIsNothingToTheNextAtTheSameShares() {
        String first = world.analysed("lookup");
        world.serve("lookup", 100, 2);
        world.tick(1);
        var _ = world.rollouts.act(first, new Wish(Command.ABORT, "me", ""));
        world.tick(3);
        assertThat(world.recorded(first).phase()).isEqualTo("rolled-back");

        String second = world.again("lookup");
        world.tick(6);
        assertThat(world.spec("lookup").rollout()).isEqualTo(second).isNotEqualTo(first);
        world.serve("lookup", 10, 1);
        world.tick(1);

        assertThat(phase(second)).isEqualTo(Phase.ANALYSE);
        assertThat(failed(first)).isEqualTo(2);
        assertThat(failed(second)).isEqualTo(1);
    }

    private long failed(String id) {
        return world.rollouts.one(id).state().epochs().stream()
                .mapToLong(epoch -> epoch.counts("canary").failed())
                .sum();
    }

    @Test
    void aRolloutWithoutItsRouteEnds() {
        String id = world.analysed("lookup");
        world.records.delete(
                "lookup", world.store.routes().route("lookup").orElseThrow().revision(), "me", "");
        world.tick(3);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.recorded(id).state()).contains("route 'lookup' is gone");
    }

    @Test
    void anAliasMovesOnceThatIsRecordedAndTheShareGoesAfterIt() {
        world.promoteAlias("stable", 1);
        String id = world.start("lookup", Target.alias("lookup", "stable"));
        world.tick(6);
        world.records.writable = false;
        assertThatThrownBy(() -> world.rollouts.act(id, new Wish(Command.PROMOTE, "me", "")))
                .isInstanceOf(ServingException.class);
        assertThat(world.stable()).isEqualTo(1);
        world.records.writable = true;
        var _ = world.rollouts.act(id, new Wish(Command.PROMOTE, "me", ""));
        assertThat(world.recorded(id).phase()).isEqualTo("promoting");
        assertThat(world.stable()).isEqualTo(1);
        assertThat(world.spec("lookup").candidates().getFirst().weight()).isEqualTo(5000);
        world.tick(3);

        assertThat(world.stable()).isEqualTo(2);
        assertThat(world.spec("lookup").candidates().getFirst().weight()).isZero();
        assertThat(world.recorded(id).phase()).isEqualTo("completed");
    }

    @Test
    void aControlThatIsNotTheDefaultArmIsRefused() {
        String rollout = """
                {"route": "lookup", "candidate": "lookup@2", "control": "champion"}""";

        assertThatThrownBy(() -> world.start("lookup", Target.version("lookup", 1), rollout))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("control: 'champion' (expected: 'stable', which is the default arm)");
        assertThat(world.rollouts.status()).isEmpty();
    }
}
