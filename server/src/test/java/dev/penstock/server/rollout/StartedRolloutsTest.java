package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What a rollout does to models and routes when it begins, and when it is refused.
final class StartedRolloutsTest extends RolloutTests {
    private static final RouteSpec ROUTE = RouteSpec.of("lookup", ArmSpec.of("stable", "lookup", 1));

    private static RolloutJson.Order order(String more) {
        String text = "{\"route\": \"lookup\", \"candidate\": \"lookup@2\"" + more + "}";
        return RolloutJson.read(JsonMapper.shared().readTree(text), RolloutJson.USUAL_CONTROL);
    }

    private ServingException refused() {
        return catchThrowableOfType(ServingException.class, () -> world.rollouts.start(order(""), "ana"));
    }

    @Test
    void whoIsRefusedForTheRouteHasLoadedNothing() {
        world.put(ROUTE.withCandidates(List.of(new CandidateSpec(ArmSpec.of("mine", "lookup", 3), 1000, 1000))));
        world.unload(2);

        ServingException refused = refused();

        assertThat(refused).hasMessageContaining("arm 'mine' has a share of its own");
        assertThat(refused.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
        assertThat(world.wanted(2)).isFalse();
    }

    @Test
    void whoNamesAControlThatIsNotTheDefaultArmHasLoadedNothing() {
        world.put(ROUTE);
        world.unload(2);

        ServingException refused = catchThrowableOfType(
                ServingException.class, () -> world.rollouts.start(order(", \"control\": \"champion\""), "ana"));

        assertThat(refused).hasMessageContaining("control: 'champion'");
        assertThat(world.wanted(2)).isFalse();
    }

    /// Who is promoted first would move the alias away from under the other.
    @Test
    void ofRoutesWithTheSameAliasOneHasARolloutAtATime() {
        world.promoteAlias("stable", 1);
        world.put(RouteSpec.of("lookup", new ArmSpec("stable", Target.alias("lookup", "stable"))));
        world.put(RouteSpec.of("other", new ArmSpec("stable", Target.alias("lookup", "stable"))));
        String id = world.rollouts.start(order(""), "ana").id();

        String other = "{\"route\": \"other\", \"candidate\": \"lookup@3\"}";
        RolloutJson.Order second = RolloutJson.read(JsonMapper.shared().readTree(other), RolloutJson.USUAL_CONTROL);
        ServingException refused =
                catchThrowableOfType(ServingException.class, () -> world.rollouts.start(second, "ana"));

        assertThat(refused.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
        assertThat(refused).hasMessageContaining("which rollout '" + id + "' of route 'lookup' compares with, too");
    }

    @Test
    void whoIsRefusedForWhatBecameOfTheVersionHasLoadedNothing() {
        String id = world.analysed("lookup");
        world.serve("lookup", 100, 40);
        world.tick(3);
        world.unload(2);

        assertThat(refused()).hasMessageContaining("this version was rolled back by rollout '" + id + "'");
        assertThat(world.wanted(2)).isFalse();
    }

    @Test
    void aDefaultArmOfAnotherNameIsRefusedAlsoWhereItIsTheUsualOne() {
        world.put(RouteSpec.of("lookup", ArmSpec.of("main", "lookup", 1)));

        assertThat(catchThrowableOfType(
                        ServingException.class, () -> world.rollouts.plan(order(", \"control\": \"stable\""))))
                .hasMessageContaining("control: 'stable' (expected: 'main', which is the default arm)");
        assertThat(world.rollouts.plan(order("")).view().spec().control()).isEqualTo("main");
    }

    @Test
    void whatIsRolledOutIsLoaded() {
        world.put(ROUTE);
        world.unload(2);

        var _ = world.rollouts.start(order(""), "ana");

        assertThat(world.wanted(2)).isTrue();
    }

    @Test
    void aDryRunSaysWhatBecomesOfTheRoute() {
        world.put(ROUTE.withCandidates(List.of(new CandidateSpec(ArmSpec.of("before", "lookup", 3), 0, 100)))
                .withRolled(new Rolled("r0", false, Set.of("before"))));

        RolloutPlan plan = world.rollouts.plan(order(""));

        assertThat(plan.refused()).isEmpty();
        assertThat(plan.changes())
                .isEqualTo("canary (lookup@2) new with 0%, before gone, shadow canary-shadow (lookup@2) new with 0%");
        assertThat(RolloutViewJson.of(plan).path("changes").asString()).isEqualTo(plan.changes());
    }

    @Test
    void armsThatPeopleMadeAreThereDuringARolloutAndAfterIt() {
        OverrideSpec toBeta = new OverrideSpec(List.of(Condition.header("x-beta", "1")), "beta");
        world.put(ROUTE.withCandidates(List.of(new CandidateSpec(ArmSpec.of("beta", "lookup", 3), 0, 100)))
                .withOverrides(List.of(toBeta)));
        String id = world.again("lookup");
        world.tick(6);
        world.serve("lookup", 100, 40);
        world.tick(3);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.spec("lookup").candidate("beta")).isPresent();
        assertThat(world.spec("lookup").overrides()).containsExactly(toBeta);
        assertThat(world.spec("lookup").rolled().arms()).containsExactly("canary");
    }

    @Test
    void anArmOfTheCandidatesNameForAnotherVersionIsNotTakenAndNothingIsLoaded() {
        RouteSpec route = ROUTE.withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "lookup", 3), 0, 100)));
        world.put(route);
        world.unload(2);

        ServingException refused = refused();

        assertThat(refused.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
        assertThat(refused).hasMessageContaining("stands for lookup@3, the candidate is lookup@2");
        assertThat(world.rollouts.plan(order("")).refused()).isEqualTo(refused.reason());
        assertThat(world.spec("lookup")).isEqualTo(route);
        assertThat(world.wanted(2)).isFalse();
    }

    private static final List<CandidateSpec> OF_PEOPLE = List.of(
            new CandidateSpec(ArmSpec.of("beta", "lookup", 3), 0, 7_000),
            new CandidateSpec(ArmSpec.of("spare", "lookup", 1), 0, 3_000));

    @Test
    void armsThatPeopleMadeHaveTheirRoomAndPlaceAgainAfterARollback() {
        world.put(ROUTE.withCandidates(OF_PEOPLE));
        String id = world.again("lookup");
        world.tick(6);
        assertThat(world.spec("lookup").candidates())
                .as("it takes what it needs")
                .extracting(CandidateSpec::maxWeight)
                .containsExactly(5_000, 5_000, 0);
        world.serve("lookup", 100, 40);
        world.tick(3);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.spec("lookup").candidates().subList(0, 2)).isEqualTo(OF_PEOPLE);
        assertThat(world.spec("lookup").candidates().getLast())
                .isEqualTo(new CandidateSpec(ArmSpec.of("canary", "lookup", 2), 0, 0));
        assertThat(world.spec("lookup").rolled().arms()).containsExactly("canary");

        // Its share is at its place, whatever goes.
        world.put(world.spec("lookup").withWeight("beta", 100));
        assertThat(armsAfter(Duration.ofDays(2))).containsExactly("beta", "spare");
    }

    @Test
    void armsThatPeopleMadeHaveTheirRoomAgainAfterAPromotion() {
        world.put(ROUTE.withCandidates(OF_PEOPLE).withAssignment(Assignment.RENDEZVOUS));
        String id = world.again("lookup");
        world.tick(6);
        var _ = world.rollouts.act(id, new Wish(Command.PROMOTE, "ana", "it is good"));
        world.tick(3);

        assertThat(world.recorded(id).phase()).isEqualTo("completed");
        RouteSpec after = world.spec("lookup");
        assertThat(after.standard()).isEqualTo(ArmSpec.of("stable", "lookup", 2));
        assertThat(after.candidates().subList(0, 2)).isEqualTo(OF_PEOPLE);
        assertThat(after.assignment()).isEqualTo(Assignment.RENDEZVOUS);
    }

    @Test
    void anArmOfAPersonThatARolloutUsedIsAsItWas() {
        CandidateSpec mine = new CandidateSpec(ArmSpec.of("canary", "lookup", 2), 0, 100);
        world.put(ROUTE.withCandidates(List.of(OF_PEOPLE.getFirst(), mine)));
        String id = world.again("lookup");
        world.tick(6);
        world.serve("lookup", 100, 40);
        world.tick(3);

        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.spec("lookup").candidates()).containsExactly(OF_PEOPLE.getFirst(), mine);
    }

    private String rolledBack(String inspectFor) {
        String id = world.start("lookup", Target.version("lookup", 1), """
                {"route": "lookup", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "objective": "50%",
                 "metrics": [{"type": "errors"}], "inspectFor": "INSPECT",
                 "steps": [{"weight": "50%", "minDuration": "2s", "require": "proven"}]}""".replace("INSPECT", inspectFor));
        world.tick(6);
        world.serve("lookup", 100, 40);
        world.tick(3);
        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        return id;
    }

    private List<String> armsAfter(Duration time) {
        // When something was written, the record of a test always says.
        world.pass(Instant.parse("2026-11-21T12:00:00Z").toEpochMilli() + time.toMillis());
        world.tick(1);
        return world.spec("lookup").candidates().stream()
                .map(candidate -> candidate.arm().name())
                .toList();
    }

    @Test
    void whatWasRolledBackStaysToBeLookedAtForAWhile() {
        String id = rolledBack("1h");

        assertThat(armsAfter(Duration.ofMinutes(30))).containsExactly("canary");
        world.pass(Duration.ofMinutes(40).toMillis());
        world.tick(1);
        assertThat(world.spec("lookup").candidates()).isEmpty();
        assertThat(world.spec("lookup").rolled().arms()).isEmpty();
        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.store.routes().events(id, 0, 100).getLast().event())
                .contains("\"inspected\"", "canary gone from route 'lookup', 1h after it was over");
        assertThat(world.events.getLast()).startsWith("rollout.phase-changed.v1 lookup ");
    }

    @Test
    void anArmThatSomebodyHasMadeTheirOwnStays() {
        String id = rolledBack("1m");
        RouteSpec now = world.spec("lookup");
        world.put(now.withOverrides(List.of(new OverrideSpec(List.of(Condition.header("x-beta", "1")), "canary"))));

        assertThat(armsAfter(Duration.ofHours(1))).containsExactly("canary");
        assertThat(world.store.routes().events(id, 0, 100).toString()).doesNotContain("\"inspected\"");
    }

    @Test
    void whileTheRecordIsAwayAllStaysAndGoesLater() {
        String id = rolledBack("1h");
        world.records.readable = false;

        assertThat(armsAfter(Duration.ofHours(2))).containsExactly("canary");
        world.records.readable = true;
        world.pass(Duration.ofMinutes(1).toMillis());
        world.tick(1);
        assertThat(world.spec("lookup").candidates()).isEmpty();
        assertThat(world.store.routes().events(id, 0, 100))
                .filteredOn(told -> told.event().contains("\"inspected\""))
                .hasSize(1);
    }
}
