package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.NOON;
import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.assertConsistent;
import static dev.penstock.server.store.StoreFixtures.judged;
import static dev.penstock.server.store.StoreFixtures.model;
import static dev.penstock.server.store.StoreFixtures.pointing;
import static dev.penstock.server.store.StoreFixtures.version;
import static dev.penstock.server.store.StoreFixtures.with;
import static dev.penstock.server.store.StoreFixtures.without;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.StoreException.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What both back ends must do so that what an arm stands for stays: also for a writer who looked before
/// somebody else wrote.
abstract class ArmBondsTests extends RouteStoreTests {
    private static final String STABLE = "{\"default\":{\"arm\":\"stable\",\"target\":\"%s\"}}";
    private static final String CANARY =
            "{\"default\":\"m@1\",\"candidates\":[{\"arm\":\"canary\",\"target\":\"%s\",\"weight\":\"%s\"}]}";
    private static final GateRecord FAILED = new GateRecord("golden", GateRecord.Verdict.FAILED, "3 of 4 differ");

    /// Versions 1 to 3, and an alias of the first.
    private ModelRecord registered() {
        ModelRecord model = model("m", version(1, "a"), version(2, "b"), version(3, "c"));
        return store.put(pointing(model, "champion", 1, 0), act("register"));
    }

    private RouteRecord route(String name, String spec) {
        return store.routes().put(RouteRecord.fresh(name, spec), act("put route"));
    }

    private void assertUnmet(String spec) {
        assertRefused(Reason.UNMET, () -> route("r", spec));
        assertThat(store.routes().route("r")).isEmpty();
    }

    private static ModelRecord unloaded(ModelRecord model, long number) {
        VersionRecord version = requireNonNull(model.versions().get(number));
        return with(model, judged(version, false, version.gates()));
    }

    private static ModelRecord turnedDown(ModelRecord model, long number) {
        return with(model, judged(requireNonNull(model.versions().get(number)), true, List.of(FAILED)));
    }

    private static ModelRecord withoutAliases(ModelRecord model) {
        return new ModelRecord(
                model.name(), model.revision(), model.policy(), model.config(), model.versions(), new TreeMap<>());
    }

    @Test
    void noArmIsGivenWhatIsTakenAwayMeanwhile() {
        ModelRecord model = store.put(without(registered(), 3), act("delete"));
        ModelRecord left = store.put(unloaded(model, 2), act("unload"));
        var _ = store.put(withoutAliases(left), act("drop alias"));

        assertUnmet(STABLE.formatted("m@3"));
        assertUnmet(STABLE.formatted("m@2"));
        assertUnmet(STABLE.formatted("m@champion"));
        assertUnmet(CANARY.formatted("m@2", "0.5%"));
        assertUnmet(CANARY.formatted("m@3", "0%"));
        assertUnmet("{\"default\":\"m@1\",\"shadows\":[{\"arm\":\"copy\",\"target\":\"m@2\"}]}");
        RouteRecord there = route("r", CANARY.formatted("m@2", "0%"));
        assertRefused(
                Reason.UNMET,
                () -> store.routes().put(there.with(CANARY.formatted("m@2", "5%"), false), act("put route")));
        assertThat(assertConsistent(store)).hasSize(5);
    }

    @Test
    void norIsWhatNamesNoVersionOfAModelThatIsWhollyOutOfService() {
        ModelRecord model = store.put(model("m", version(1, "a"), version(2, "b")), act("register"));
        ModelRecord gated = store.put(turnedDown(model, 2), act("gates"));
        assertThat(route("before", STABLE.formatted("m@2")).revision()).isEqualTo(3);
        var _ = store.put(unloaded(gated, 1), act("unload"));

        assertUnmet(STABLE.formatted("m"));
    }

    @Test
    void noRolloutBeginsWithWhatIsTakenAwayMeanwhile() {
        var _ = store.put(without(registered(), 3), act("delete"));
        RouteRecord named = RouteRecord.fresh("r", CANARY.formatted("m@3", "0%"));
        RolloutRecord begun = new RolloutRecord("r-1", "r", 0, 0, "pending", "server-1", "{}", "{}", Instant.EPOCH);
        List<RouteEdit> edits = List.of(new RouteEdit(named, Optional.of(begun), "start rollout", ""));

        assertRefused(
                Reason.UNMET, () -> store.routes().change(begun, List.of(), Optional.of(named), act("start rollout")));
        assertRefused(Reason.UNMET, () -> store.routes().changeAll(edits, "ann", NOON));
        assertThat(store.routes().rollouts()).isEmpty();
    }

    /// Also what was never registered, but is a folder's that hides the model of its name.
    @Test
    void modelsThatAreNotRecordedAreNotLookedAt() {
        registered();
        var _ = store.put(model("aliased"), act("promote"));

        assertThat(route("a", STABLE.formatted("folder@7")).revision()).isPositive();
        assertThat(route("b", STABLE.formatted("folder@stable")).revision()).isPositive();
        assertThat(route("c", STABLE.formatted("folder")).revision()).isPositive();
        assertThat(route("d", STABLE.formatted("aliased@2")).revision()).isPositive();
        assertThat(route("e", STABLE.formatted("m@9")).revision()).isPositive();
        assertThat(route("f", STABLE.formatted("m@")).revision()).isPositive();
    }

    @Test
    void whatAnArmIsGivenMeanwhileIsNotTakenAway() {
        ModelRecord model = registered();
        route("r", CANARY.formatted("m@3", "0%"));
        route("s", STABLE.formatted("m@champion"));

        assertRefused(Reason.UNMET, () -> store.put(without(model, 3), act("delete")));
        assertRefused(Reason.UNMET, () -> store.put(unloaded(model, 3), act("unload")));
        assertRefused(Reason.UNMET, () -> store.put(withoutAliases(model), act("drop alias")));
        assertRefused(Reason.UNMET, () -> store.delete("m", model.revision(), act("delete")));
        assertThat(store.model("m")).contains(model);
        ModelRecord moved = store.put(pointing(model, "champion", 2, 1), act("promote"));
        assertThat(store.put(without(moved, 2), act("delete")).versions()).containsOnlyKeys(1L, 3L);
    }

    /// The same for an alias that a rollout has moved: who takes its promotion back looked before that.
    @Test
    void noPromotionIsTakenBackOnceItsAliasIsMoved() {
        ModelRecord model = registered();
        route("r", STABLE.formatted("m@champion"));
        RolloutRecord promoting = rollout(promoting(0, "promoting", "canary"), "promote");
        RolloutRecord back = rollout(promoting(promoting.ticks(), "rolling-back", ""), "rollback");
        RolloutRecord again = rollout(promoting(back.ticks(), "promoting", "canary"), "promote");
        var _ = store.put(pointing(model, "champion", 2, 1), act("promote"));

        for (String phase : List.of("rolling-back", "rolled-back")) {
            assertRefused(Reason.STALE, () -> rollout(promoting(again.ticks(), phase, ""), "rollback"));
        }
        assertThat(rollout(promoting(again.ticks(), "completed", "canary"), "complete")
                        .phase())
                .isEqualTo("completed");
    }

    private RolloutRecord rollout(RolloutRecord next, String action) {
        return store.routes()
                .change(next, List.of(), Optional.empty(), act(action))
                .rollout();
    }

    private static RolloutRecord promoting(long ticks, String phase, String promoted) {
        return new RolloutRecord(
                "r-1",
                "r",
                0,
                ticks,
                phase,
                "server-1",
                "{\"spec\":{\"candidates\":[{\"arm\":\"other\",\"version\":\"m@3\"},{\"arm\":\"canary\",\"version\":\"m@2\"}]}}",
                "{\"promoted\":\"%s\"}".formatted(promoted),
                Instant.EPOCH);
    }

    @Test
    void norIsTheLastVersionOfAModelThatAnArmNamesWithoutOne() {
        ModelRecord model = store.put(model("m", version(1, "a"), version(2, "b")), act("register"));
        route("r", STABLE.formatted("m"));
        ModelRecord one = store.put(unloaded(model, 1), act("unload"));

        assertRefused(Reason.UNMET, () -> store.put(unloaded(one, 2), act("unload")));
        assertRefused(Reason.UNMET, () -> store.put(without(one, 2), act("delete")));
        assertThat(store.put(without(one, 1), act("delete")).versions()).containsOnlyKeys(2L);
    }

    /// What a gate says of a version is no taking away, and a route that stands for it can be written on.
    @Test
    void aVerdictIsRecordedWhoeverStandsForTheVersion() {
        ModelRecord model = registered();
        RouteRecord route = route("r", CANARY.formatted("m@3", "5%"));

        ModelRecord after = store.put(turnedDown(model, 3), act("gates"));

        assertThat(requireNonNull(after.versions().get(3L)).gates()).containsExactly(FAILED);
        RouteRecord next = route.with(CANARY.formatted("m@3", "0%"), false);
        assertThat(store.routes().put(next, act("put route")).generation()).isEqualTo(2);
    }
}
