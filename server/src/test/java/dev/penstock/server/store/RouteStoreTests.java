package dev.penstock.server.store;

import static dev.penstock.server.store.StoreFixtures.NOON;
import static dev.penstock.server.store.StoreFixtures.act;
import static dev.penstock.server.store.StoreFixtures.assertConsistent;
import static dev.penstock.server.store.StoreFixtures.model;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.StoreException.Reason;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What both back ends must do about routes and rollouts.
abstract class RouteStoreTests extends BaselineTablesTests {
    private static final String SPEC = "{\"name\":\"fraud\",\"weight\":\"5%\"}";
    private static final Instant LATER = NOON.plusSeconds(1);

    private RouteStore routes() {
        return store.routes();
    }

    private static RolloutRecord rollout(String phase, String state) {
        return new RolloutRecord("fraud-8", "fraud", 0, 0, phase, "server-1", "{}", state, Instant.EPOCH);
    }

    @Test
    void whatIsPutIsThereAlsoAfterReopening() {
        RouteRecord first = routes().put(RouteRecord.fresh("fraud", SPEC), act("put route"));
        RouteRecord second = routes().put(first.with("{}", true), act("put route"));
        RouteRecord zoe = routes().put(RouteRecord.fresh("Zoë", SPEC), act("put route"));

        store.close();
        store = StoreFixtures.open(settings);

        assertThat(first).isEqualTo(new RouteRecord("fraud", 1, 1, 1, SPEC, NOON, "ann"));
        assertThat(second).isEqualTo(new RouteRecord("fraud", 2, 2, 2, "{}", NOON, "ann"));
        assertThat(routes().routes()).containsExactly(zoe, second);
        assertThat(routes().route("fraud")).contains(second);
        assertThat(routes().route("none")).isEmpty();
        assertThat(store.recorded()).isEqualTo(new Recorded(3, List.of(), List.of(zoe, second), 0));
        assertThat(assertConsistent(store))
                .extracting(AuditEntry::model)
                .containsExactly("routes/fraud", "routes/fraud", "routes/Zoë");
    }

    @Test
    void whoReadAnOlderRevisionOfARouteIsRefused() {
        RouteRecord first = routes().put(RouteRecord.fresh("fraud", SPEC), act("put route"));
        RouteRecord second = routes().put(first.with("{}", false), act("put route"));

        assertRefused(Reason.STALE, () -> routes().put(first, act("put route")));
        assertRefused(Reason.STALE, () -> routes().put(RouteRecord.fresh("fraud", SPEC), act("put route")));
        assertRefused(Reason.STALE, () -> routes().delete("fraud", first.revision(), act("delete route")));
        assertRefused(Reason.STALE, () -> routes().delete("none", 0, act("delete route")));
        assertThat(routes().delete("fraud", second.revision(), act("delete route")))
                .isEqualTo(3);
        RouteRecord again = routes().put(RouteRecord.fresh("fraud", SPEC), act("put route"));
        assertThat(again.revision()).isEqualTo(4);
        assertThat(again.generation()).isOne();
        assertThat(assertConsistent(store)).hasSize(4);
    }

    @Test
    void whatIsNoJsonOrHasNoNameIsRefused() {
        assertRefused(Reason.REFUSED, () -> routes().put(RouteRecord.fresh("fraud", "{"), act("put route")));
        assertRefused(Reason.REFUSED, () -> routes().put(RouteRecord.fresh("fraud", "[]"), act("put route")));
        assertRefused(Reason.REFUSED, () -> routes().put(RouteRecord.fresh("", SPEC), act("put route")));
        assertThat(store.revision()).isZero();
    }

    @Test
    void aRolloutAndItsRouteChangeTogetherOrNotAtAll() {
        RouteRecord route = routes().put(RouteRecord.fresh("fraud", SPEC), act("put route"));

        RouteStore.RolloutChange begun = routes().change(
                        rollout("PROGRESSING", "{}"),
                        List.of("{\"a\":1}", "{\"a\":2}"),
                        Optional.of(route.with("{}", false)),
                        act("start rollout"));

        RouteRecord routed = begun.route().orElseThrow();
        assertThat(routed.revision()).isEqualTo(2);
        assertThat(begun.rollout())
                .isEqualTo(new RolloutRecord("fraud-8", "fraud", 3, 1, "PROGRESSING", "server-1", "{}", "{}", NOON));
        assertThat(store.recorded().lastRollout()).isEqualTo(3);
        assertThat(routes().rollouts()).containsExactly(begun.rollout());
        // The route was changed meanwhile.
        assertRefused(
                Reason.STALE,
                () -> routes().change(begun.rollout(), List.of("{}"), Optional.of(route), act("advance")));
        assertRefused(
                Reason.STALE,
                () -> routes().change(rollout("X", "{}"), List.of("{}"), Optional.of(routed), act("advance")));
        assertThat(routes().rollout("fraud-8")).contains(begun.rollout());
        assertThat(routes().route("fraud")).contains(routed);
        assertThat(routes().events("fraud-8", 0, 10))
                .containsExactly(
                        new RolloutEventRecord("fraud-8", 1, NOON, "{\"a\":1}"),
                        new RolloutEventRecord("fraud-8", 2, NOON, "{\"a\":2}"));
        assertThat(routes().events("fraud-8", 1, 10)).hasSize(1);
        assertThat(assertConsistent(store)).hasSize(3);
    }

    /// A bandit deals new shares each minute for weeks: the record does not grow with each.
    @Test
    void newSharesOfABanditAreKeptOfLateAndToldToTheAuditOnceAnHour() {
        RouteStore.RolloutChange now = routes().change(
                        rollout("analyse", "{}"),
                        List.of("{\"kind\":\"started\"}"),
                        Optional.of(RouteRecord.fresh("fraud", SPEC)),
                        act("start rollout"));
        for (int minute = 0; minute < 150; minute++) {
            Act act = new Act("rollout fraud-8", Act.REWEIGHTED, "", NOON.plusSeconds(60L * minute));
            RouteRecord route = now.route().orElseThrow();
            now = routes().change(
                            now.rollout(),
                            List.of("{\"n\":%d,\"kind\":\"reweighted\"}".formatted(minute)),
                            Optional.of(route.with("{\"n\":%d}".formatted(minute), false)),
                            act);
            routes().change(now.rollout(), List.of(), Optional.empty(), act);
            now = new RouteStore.RolloutChange(routes().rollout("fraud-8").orElseThrow(), routes().route("fraud"));
        }

        List<RolloutEventRecord> events = routes().events("fraud-8", 0, 1_000);
        assertThat(events).hasSize(101);
        assertThat(events.getFirst().event()).contains("started");
        assertThat(events.get(1).seq()).isEqualTo(52);
        assertThat(events.getLast().event()).contains("\"n\":149");
        assertThat(store.audit("routes/fraud", Long.MAX_VALUE, 1_000))
                .as("of three hours, and the start")
                .hasSize(4);
        assertThat(store.audit("rollouts/fraud-8", Long.MAX_VALUE, 1_000)).hasSize(4);
        assertThat(routes().route("fraud").orElseThrow().generation()).isEqualTo(151);
    }

    private static RouteEdit edit(RouteRecord route, String action) {
        return new RouteEdit(route, Optional.empty(), action, "");
    }

    @Test
    void severalChangesAreMadeTogetherOrNotAtAll() {
        RouteRecord route = routes().put(RouteRecord.fresh("fraud", SPEC), act("put route"));
        RouteEdit first = edit(route.with("{}", true), "put route");
        RouteEdit made = edit(RouteRecord.fresh("other", SPEC), "put route");
        RouteEdit begun = new RouteEdit(
                first.route().with("{\"a\":1}", false), Optional.of(rollout("settle", "{}")), "start rollout", "");

        List<RouteEdit> after = routes().changeAll(List.of(first, made, begun), "ann", NOON);

        assertThat(after).extracting(edit -> edit.route().revision()).containsExactly(2L, 3L, 4L);
        assertThat(routes().route("fraud"))
                .contains(after.get(2).route())
                .contains(new RouteRecord("fraud", 4, 3, 2, "{\"a\":1}", NOON, "ann"));
        assertThat(routes().rollout("fraud-8")).isEqualTo(after.get(2).rollout());
        assertThat(store.revision()).isEqualTo(5);
        assertThat(assertConsistent(store))
                .extracting(AuditEntry::model)
                .containsExactly("routes/fraud", "routes/fraud", "routes/other", "routes/fraud", "rollouts/fraud-8");

        // The second has an old revision.
        RouteEdit good = edit(after.get(1).route().with("{}", false), "put route");
        assertRefused(Reason.STALE, () -> routes().changeAll(List.of(good, first), "ann", NOON));
        assertThat(store.revision()).isEqualTo(5);
        assertThat(routes().route("other")).contains(after.get(1).route());
    }

    @Test
    void oneRolloutRunsOnARouteAtATime() {
        RouteRecord route = routes().put(RouteRecord.fresh("fraud", SPEC), act("put route"));
        assertThat(routes().running()).isEmpty();
        RolloutRecord first = routes().change(
                        rollout("settle", "{}"), List.of(), Optional.of(route), act("start rollout"))
                .rollout();
        RouteRecord now = routes().route("fraud").orElseThrow();
        assertThat(now.revision()).as("who read it before is told").isNotEqualTo(route.revision());
        assertThat(routes().running()).isEqualTo(Map.of("fraud", "fraud-8"));
        RolloutRecord second =
                new RolloutRecord("fraud-9", "fraud", 0, 0, "pending", "server-2", "{}", "{}", Instant.EPOCH);

        assertRefused(Reason.STALE, () -> routes().change(second, List.of(), Optional.of(now), act("start rollout")));
        assertThat(routes().route("fraud")).contains(now);
        RolloutRecord over = new RolloutRecord(
                first.id(),
                first.route(),
                first.revision(),
                first.ticks(),
                "rolled-back",
                first.owner(),
                "{}",
                "{}",
                first.changed());
        assertThat(over.isOver()).isTrue();
        assertThat(routes().change(over, List.of(), Optional.empty(), act("end"))
                        .rollout()
                        .isOver())
                .isTrue();
        assertThat(routes().running()).isEmpty();
        assertThat(routes().change(second, List.of(), Optional.of(now), act("start rollout"))
                        .rollout()
                        .ticks())
                .isOne();
        assertThat(routes().running()).isEqualTo(Map.of("fraud", "fraud-9"));
    }

    private static RolloutRecord begun(String route) {
        return new RolloutRecord(route + "-8", route, 0, 0, "pending", "server-1", "{}", "{}", Instant.EPOCH);
    }

    private static RouteRecord standingFor(String route, String target) {
        return RouteRecord.fresh(route, "{\"default\":{\"arm\":\"stable\",\"target\":\"%s\"}}".formatted(target));
    }

    private RouteStore.RolloutChange begin(String route, String target) {
        return routes().change(begun(route), List.of(), Optional.of(standingFor(route, target)), act("start rollout"));
    }

    /// Who was promoted first would move the alias away from under the other.
    @Test
    void ofRoutesWithOneAliasOneHasARolloutHoweverTheyBegin() {
        RouteStore.RolloutChange first = begin("a", "fraud@stable");

        assertRefused(Reason.STALE, () -> begin("b", "fraud@stable"));
        assertThat(routes().route("b")).isEmpty();
        assertThat(begin("c", "fraud@7").rollout().route()).isEqualTo("c");
        assertThat(begin("d", "fraud@7").rollout().route()).isEqualTo("d");
        assertThat(begin("e", "other@stable").rollout().route()).isEqualTo("e");
        List<RouteEdit> together = List.of(
                new RouteEdit(standingFor("f", "new@stable"), Optional.of(begun("f")), "start rollout", ""),
                new RouteEdit(standingFor("g", "new@stable"), Optional.of(begun("g")), "start rollout", ""));
        assertRefused(Reason.STALE, () -> routes().changeAll(together, "ann", NOON));

        RolloutRecord now = first.rollout();
        RolloutRecord over = new RolloutRecord(
                now.id(), "a", now.revision(), now.ticks(), "completed", "server-1", "{}", "{}", now.changed());
        var _ = routes().change(over, List.of(), Optional.empty(), act("completed"));
        assertThat(begin("b", "fraud@stable").rollout().route()).isEqualTo("b");
    }

    @Test
    void itsStateIsKeptWithoutARevision() {
        RolloutRecord begun = routes().change(
                        rollout("PROGRESSING", "{}"), List.of(), Optional.empty(), act("start rollout"))
                .rollout();

        RolloutRecord kept = routes().keep(begun.with("{\"n\":1}"), List.of("{}"), LATER);
        RolloutRecord again = routes().keep(kept.with("{\"n\":2}"), List.of(), LATER);

        assertThat(again)
                .isEqualTo(new RolloutRecord(
                        "fraud-8", "fraud", 1, 3, "PROGRESSING", "server-1", "{}", "{\"n\":2}", LATER));
        assertThat(routes().rollout("fraud-8")).contains(again);
        assertThat(store.revision()).isEqualTo(1);
        // Of two servers that drive it, one is told.
        assertRefused(Reason.STALE, () -> routes().keep(kept.with("{\"n\":3}"), List.of("{}"), LATER));
        RolloutRecord other = new RolloutRecord(
                again.id(), again.route(), 1, 3, "DONE", again.owner(), again.spec(), "{}", again.changed());
        assertRefused(Reason.REFUSED, () -> routes().keep(other, List.of("{}"), LATER));
        assertThat(routes().rollout("fraud-8")).contains(again);
        assertThat(routes().events("fraud-8", 0, 10)).hasSize(1);
        assertThat(assertConsistent(store)).hasSize(1);
    }

    private static RolloutTallyRecord tally(String source, long number) {
        return new RolloutTallyRecord("fraud-8", source, number, "[" + number + "]");
    }

    @Test
    void whatWasCountedWaitsUntilItIsDroppedOrTheRolloutIsOver() {
        assertThat(routes().add(tally("a", 1))).as("there is no such rollout").isFalse();
        RolloutRecord begun = routes().change(rollout("analyse", "{}"), List.of(), Optional.empty(), act("start"))
                .rollout();
        assertThat(routes().add(tally("b", 1))).isTrue();
        assertThat(routes().add(tally("a", 1))).isTrue();
        assertThat(routes().add(tally("a", 2))).isTrue();
        assertThat(routes().add(new RolloutTallyRecord("fraud-8", "a", 2, "[]")))
                .as("who does not know whether it was written tries again")
                .isTrue();
        assertThat(routes().tallies("fraud-8")).containsExactly(tally("a", 1), tally("a", 2), tally("b", 1));

        routes().drop("fraud-8", Map.of("a", 1L, "c", 7L));
        assertThat(routes().tallies("fraud-8")).containsExactly(tally("a", 2), tally("b", 1));
        RolloutRecord over = new RolloutRecord(
                begun.id(),
                begun.route(),
                begun.revision(),
                begun.ticks(),
                "completed",
                begun.owner(),
                begun.spec(),
                begun.state(),
                begun.changed());
        var _ = routes().change(over, List.of(), Optional.empty(), act("end"));

        assertThat(routes().tallies("fraud-8")).isEmpty();
        assertThat(routes().add(tally("a", 3))).isFalse();
    }

    private RolloutRecord begin(String id, String route, String spec) {
        RolloutRecord record = new RolloutRecord(id, route, 0, 0, "completed", "", spec, "{}", Instant.EPOCH);
        return routes().change(record, List.of(), Optional.empty(), act("start"))
                .rollout();
    }

    @Test
    void rolloutsAreFoundByTheirRouteAndByWhatTheyName() {
        RolloutRecord first = begin("a", "fraud", "{\"artifacts\":{\"canary\":\"folder:m_x@1\"}}");
        RolloutRecord longer = begin("c", "other", "{\"artifacts\":{\"canary\":\"folder:m_x@12\"}}");
        RolloutRecord same = begin("b", "other", "{\"artifacts\":{\"b\":\"folder:m_x@1\"}}");
        RolloutRecord alike = begin("d", "fraud", "{\"artifacts\":{\"canary\":\"folder:mx@1\"}}");

        assertThat(routes().rolloutsOf("fraud")).containsExactly(first, alike);
        assertThat(routes().rolloutsOf("none")).isEmpty();
        assertThat(routes().rolloutsNaming("\"folder:m_x@1\"")).containsExactly(first, same);
        assertThat(routes().rolloutsNaming("folder:m_x@1")).containsExactly(first, same, longer);
        assertThat(routes().rolloutsNaming("folder:m%")).isEmpty();
        assertThat(routes().rolloutsNaming("m!_x")).isEmpty();
    }

    @Test
    void oneThatIsOverCanBeForgottenAndTheAuditLogKeepsIt() {
        assertRefused(Reason.STALE, () -> routes().forget("fraud-8", act("delete rollout")));
        var _ = routes().change(rollout("analyse", "{}"), List.of("{\"n\":1}"), Optional.empty(), act("start"));
        assertRefused(Reason.STALE, () -> routes().forget("fraud-8", act("delete rollout")));
        RolloutRecord now = routes().rollout("fraud-8").orElseThrow();
        RolloutRecord over = new RolloutRecord(
                now.id(), now.route(), now.revision(), now.ticks(), "completed", "", "{}", "{}", now.changed());
        long ended = routes().change(over, List.of(), Optional.empty(), act("end"))
                .rollout()
                .revision();

        assertThat(routes().forget("fraud-8", act("delete rollout"))).isGreaterThan(ended);

        assertThat(routes().rollouts()).isEmpty();
        assertThat(routes().events("fraud-8", 0, 10)).isEmpty();
        AuditEntry last = assertConsistent(store).getLast();
        assertThat(last.model()).isEqualTo("rollouts/fraud-8");
        assertThat(last.before()).contains("completed");
        assertThat(last.after()).isEmpty();
    }

    @Test
    void noMoreThanIsBoundedWaitsToBeAddedUp() {
        var _ = routes().change(rollout("analyse", "{}"), List.of(), Optional.empty(), act("start"));
        for (int i = 1; i <= TallyTable.MOST_ROWS; i++) {
            assertThat(routes().add(tally("a", i))).isTrue();
        }

        assertThat(routes().add(tally("b", 1))).isFalse();
        assertRefused(
                Reason.REFUSED,
                () -> routes().add(
                                new RolloutTallyRecord("fraud-8", "c", 1, "x".repeat(TallyTable.MOST_CHARACTERS + 1))));
        routes().drop("fraud-8", Map.of("a", 100L));

        assertThat(routes().add(tally("b", 1))).isTrue();
    }

    @Test
    void theyAreInBackupsOfEitherBackEnd() {
        RouteRecord route = routes().put(RouteRecord.fresh("fraud", SPEC), act("put route"));
        RolloutRecord rollout = routes().change(
                        rollout("DONE", "{\"n\":1}"), List.of("{\"a\":1}"), Optional.empty(), act("start rollout"))
                .rollout();
        store.put(model("m"), act("register"));
        Path backup = folder.resolve("backup.db");

        store.backUp(backup);

        for (StoreSettings target : List.of(
                new StoreSettings.Sqlite(folder.resolve("back.db")),
                TestPostgres.shared().newSchema())) {
            assertThat(Stores.restore(target, backup, "ops", NOON)).isOne();
            try (ModelStore restored = StoreFixtures.open(target)) {
                assertThat(restored.routes().routes()).containsExactly(route);
                assertThat(restored.routes().rollouts()).containsExactly(rollout);
                assertThat(restored.routes().events("fraud-8", 0, 10)).hasSize(1);
                assertConsistent(restored);
            }
            assertThat(Stores.contents(target).routes()).isOne();
        }
    }

    @Test
    void whatHappenedStaysAsItWas() throws Exception {
        routes().change(rollout("DONE", "{}"), List.of("{}"), Optional.empty(), act("start rollout"));

        assertForbidden("UPDATE rollout_events SET event = 'x'");

        assertThat(routes().events("fraud-8", 0, 10)).containsExactly(new RolloutEventRecord("fraud-8", 1, NOON, "{}"));
    }
}
