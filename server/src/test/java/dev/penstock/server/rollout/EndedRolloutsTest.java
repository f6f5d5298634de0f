package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.logging.CapturedLog;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteRecord;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is left of rollouts that are over, and what is said of one before it is begun.
final class EndedRolloutsTest extends RolloutTests {
    private static RolloutJson.Order order(String more) {
        String text = "{\"route\": \"lookup\", \"candidate\": \"lookup@2\"" + more + "}";
        return RolloutJson.read(JsonMapper.shared().readTree(text), RolloutJson.USUAL_CONTROL);
    }

    private String refused(String more) {
        return world.rollouts.plan(order(more)).refused();
    }

    @Test
    void aDryRunSaysWhatWouldBeRefused() {
        assertThat(refused("")).isEmpty();
        String id = world.analysed("lookup");
        assertThat(refused("")).contains("rollout '" + id + "' is under way");
        world.serve("lookup", 100, 40);
        world.tick(3);
        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(refused("")).contains("this version was rolled back by rollout '" + id + "'");
        assertThat(refused(", \"rearm\": true")).isEmpty();
        assertThat(RolloutViewJson.of(world.rollouts.plan(order("")))
                        .path("refused")
                        .asString())
                .contains(id);
    }

    @Test
    void aDryRunSaysThatTheRouteCannotBeAsItIsToBe() {
        RouteSpec taken = RouteSpec.of("lookup", ArmSpec.of("stable", "lookup", 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("mine", "lookup", 3), 1000, 1000)));
        var _ = world.records.put(
                RouteRecord.fresh("lookup", RouteJson.write(taken).toString()), "me", "put", "");
        assertThat(refused("")).contains("arm 'mine' has a share of its own");
        assertThatThrownBy(() -> world.rollouts.start(order(""), "ana")).hasMessage(refused(""));
    }

    @Test
    void aDryRunSaysThatTheDefaultArmIsThatAlready() {
        RouteSpec same = RouteSpec.of("lookup", ArmSpec.of("stable", "lookup", 2));
        var _ = world.records.put(
                RouteRecord.fresh("lookup", RouteJson.write(same).toString()), "me", "put", "");
        assertThat(refused("")).contains("is what the default arm answers with already");
    }

    @Test
    void oneThatIsOverCanBeForgotten() {
        String id = world.analysed("lookup");
        assertThatThrownBy(() -> world.rollouts.forget(id, "ana", "a trial"))
                .isInstanceOf(StillRunning.class)
                .hasMessageContaining("is in phase analyse (expected: one that is over; abort it first)");
        world.serve("lookup", 100, 40);
        world.tick(3);

        world.rollouts.forget(id, "ana", "a trial");

        assertThatThrownBy(() -> world.rollouts.one(id)).isInstanceOf(ServingException.class);
        assertThatThrownBy(() -> world.rollouts.events(id, 0, 10)).isInstanceOf(ServingException.class);
        assertThat(refused(""))
                .as("who deletes it gives the version another chance")
                .isEmpty();
        assertThat(world.store
                        .audit("rollouts/" + id, Long.MAX_VALUE, 10)
                        .getFirst()
                        .toString())
                .contains("delete rollout", "ana", "a trial");
        assertThatThrownBy(() -> world.rollouts.forget(id, "ana", ""))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("is not there");
        assertThat(world.again("lookup")).isNotEqualTo(id);
        world.tick(3);
    }

    @Test
    void aServerThatMissedTheEndForgetsWhatWasDeleted() {
        String id = world.analysed("lookup");
        RolloutWorld other = world.beside("there");
        try {
            other.tick(1);
            assertThat(other.rollouts.status()).hasSize(1);
            assertThat(world.rollouts
                            .act(id, new Wish(Command.ABORT, "ana", ""))
                            .id())
                    .isEqualTo(id);
            world.tick(2);
            world.rollouts.forget(id, "ana", "");
            other.tick(1);
            assertThat(other.rollouts.status()).isEmpty();
        } finally {
            other.rollouts.close();
        }
    }

    /// One that is over, and that whose state nobody can read.
    private void record(String id, String route, String spec) {
        RolloutRecord sound = new RolloutRecord(id, route, 0, 0, "rolled-back", "", spec, "{}", Instant.EPOCH);
        Act act = new Act("me", "start", "", Instant.EPOCH);
        RolloutRecord recorded = world.store
                .routes()
                .change(sound, List.of(), Optional.empty(), act)
                .rollout();
        assertThat(world.records.keep(recorded.with("nonsense"), List.of()).state())
                .isEqualTo("nonsense");
    }

    /// What something else than a server has left of one. Only one at a time has the record.
    private void spoil(String id, String spec) throws IOException, SQLException {
        world.close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("routes.db"));
                PreparedStatement update = connection.prepareStatement("UPDATE rollouts SET spec = ? WHERE id = ?")) {
            update.setString(1, spec);
            update.setString(2, id);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
        open();
    }

    @Test
    void whatCannotBeReadOfAnotherRouteRefusesNothing() throws IOException, SQLException {
        record("newer", "other", "{\"artifacts\":{\"canary\":\"abc\"}}");
        record("strange", "other", "{}");
        spoil("strange", "nonsense");

        assertThat(refused("")).isEmpty();
        String id = world.analysed("lookup");
        assertThat(world.rollouts.all("", 10))
                .as("what can be read")
                .singleElement()
                .satisfies(view -> assertThat(view.id()).isEqualTo(id));
        world.rollouts.forget("strange", "ana", "nobody can read it");
        assertThat(world.store.routes().rollout("strange")).isEmpty();
    }

    @Test
    void whatCannotBeReadTakesNoPlaceAmongThoseThatAreTold() {
        record("older", "lookup", "{}");
        String id = world.analysed("lookup");
        RolloutRecord strange = world.store
                .routes()
                .change(
                        new RolloutRecord("newer", "other", 0, 0, "rolled-back", "", "{}", "{}", Instant.EPOCH),
                        List.of(),
                        Optional.empty(),
                        new Act("me", "start", "", Instant.parse("2999-01-01T00:00:00Z")))
                .rollout();

        assertThat(strange.changed()).isAfter(world.recorded(id).changed());
        assertThat(world.rollouts.all("", 1))
                .singleElement()
                .satisfies(view -> assertThat(view.id()).isEqualTo(id));
    }

    @Test
    void thatOneCannotBeReadIsLoggedOnce() {
        record("strange", "other", "{}");
        try (CapturedLog log = CapturedLog.of(RolloutReader.class)) {
            assertThat(world.rollouts.all("", 10)).isEmpty();
            assertThat(world.rollouts.all("", 10)).isEmpty();

            assertThat(log.messages()).containsExactly("rollout {0} cannot be read: {1}");
        }
    }

    @Test
    void whatCannotBeReadOfTheSameRouteRefusesAndIsNamed() throws IOException, SQLException {
        record("newer", "lookup", "{\"artifacts\":{\"canary\":\"abc\"}}");
        assertThat(refused("")).as("it is of other bytes").isEmpty();
        record("strange", "lookup", "{}");
        spoil("strange", "nonsense");

        assertThat(refused("")).contains("rollout 'strange' of route 'lookup' cannot be read", "\"rearm\": true");
        assertThat(refused(", \"rearm\": true")).isEmpty();
        world.rollouts.forget("strange", "ana", "nobody can read it");
        assertThat(refused("")).isEmpty();
    }

    @Test
    void whatCannotBeReadOfTheSameBytesRefusesAndIsNamed() {
        String id = world.analysed("lookup");
        JsonNode asked = JsonMapper.shared().readTree(world.recorded(id).spec());
        record(
                "newer",
                "other",
                "{\"artifacts\":{\"b\":" + asked.at("/artifacts/canary").toString() + "}}");
        assertThat(world.rollouts.act(id, new Wish(Command.ABORT, "ana", "")).id())
                .isEqualTo(id);
        world.tick(2);

        assertThat(refused("")).contains("rollout 'newer' of route 'other' cannot be read");
    }

    @Test
    void whatCannotBeReadIsForgottenLast() {
        List<RolloutRecord> all = new ArrayList<>();
        all.add(new RolloutRecord("strange", "fraud", 1, 1, "rolled-back", "", "{}", "nonsense", Instant.EPOCH));
        for (int i = 0; i < Ended.MOST; i++) {
            all.add(ended(i, "fraud", false));
        }
        assertThat(Ended.tooMany(all, "fraud")).extracting(RolloutRecord::id).containsExactly("r0");
    }

    private static RolloutRecord ended(int number, String route, boolean refuted) {
        String state = refuted ? "{\"refuted\":[\"canary\"]}" : "{\"refuted\":[]}";
        return new RolloutRecord(
                "r" + number, route, 1, 1, "rolled-back", "", "{}", state, Instant.ofEpochSecond(number));
    }

    @Test
    void aRouteKeepsItsLastOnesAndThoseThatRolledAVersionBackLongest() {
        List<RolloutRecord> all = new ArrayList<>();
        for (int i = 0; i < Ended.MOST; i++) {
            all.add(ended(i, "fraud", i < 2));
            all.add(ended(1000 + i, "other", false));
        }
        assertThat(Ended.tooMany(all, "fraud")).isEmpty();
        all.add(ended(50, "fraud", false));
        all.add(ended(51, "fraud", true));
        assertThat(Ended.tooMany(all, "fraud")).extracting(RolloutRecord::id).containsExactly("r2", "r3");
    }

    @Test
    void theOldestIsForgottenWhenAnotherOneBegins() {
        String first = world.start("lookup", Target.version("lookup", 1));
        for (int i = 0; i <= Ended.MOST; i++) {
            String id = world.store.routes().running().getOrDefault("lookup", "");
            assertThat(world.rollouts
                            .act(id, new Wish(Command.ABORT, "ana", ""))
                            .id())
                    .isEqualTo(id);
            world.tick(2);
            assertThat(world.again("lookup")).isNotEqualTo(id);
        }
        assertThat(world.store.routes().rollout(first)).isEmpty();
        assertThat(world.store.routes().rollouts()).as("with the one that runs").hasSize(Ended.MOST);
    }
}
