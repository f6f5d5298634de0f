package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.rollout.BanditSpec;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.Rules;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What a rollout takes from others on its route, and gives back.
final class FoundTest {
    private static final RouteSpec ROUTE = RouteSpec.of("r", ArmSpec.of("stable", "m", 1));
    private static final CandidateSpec BETA = new CandidateSpec(ArmSpec.of("beta", "m", 3), 0, 9_900);
    private static final CandidateSpec SPARE = new CandidateSpec(ArmSpec.of("spare", "m", 4), 0, 60);

    private static RolloutSpec spec(Strategy strategy) {
        return spec(strategy, List.of(new Candidate("canary", "m", 2)));
    }

    private static RolloutSpec spec(Strategy strategy, List<Candidate> candidates) {
        return new RolloutSpec(
                "r",
                "stable",
                candidates,
                strategy,
                RolloutSpec.standardSteps(strategy),
                RolloutSpec.STANDARD_METRICS,
                Rules.STANDARD,
                BanditSpec.STANDARD);
    }

    private static final RolloutSpec CANARY = spec(Strategy.CANARY);

    private static RouteSpec prepared(RolloutSpec spec, RouteSpec route) {
        return RouteEdits.prepared(spec, route, "r-2-1");
    }

    private static RouteSpec givenBack(RolloutSpec spec, RouteSpec before, RouteSpec now) {
        return RouteEdits.found(spec, before).givenBack(spec, now);
    }

    @Test
    void allOthersAreAsTheyWereAndItsOwnArmComesBehindThem() {
        RouteSpec before = ROUTE.withCandidates(List.of(BETA, SPARE));
        RouteSpec prepared = prepared(CANARY, before);
        assertThat(prepared.candidates()).extracting(CandidateSpec::maxWeight).containsExactly(9_500, 500, 0);

        RouteSpec after = givenBack(CANARY, before, prepared);

        assertThat(after.candidates())
                .containsExactly(BETA, SPARE, new CandidateSpec(ArmSpec.of("canary", "m", 2), 0, 40));
        assertThat(RouteEdits.inspected(after).candidates()).isEqualTo(before.candidates());
        assertThat(givenBack(CANARY, before, after)).as("only once").isEqualTo(after);
    }

    @Test
    void whoFoundNothingLeavesItsArmAsItIs() {
        RouteSpec prepared = prepared(CANARY, ROUTE);

        assertThat(givenBack(CANARY, ROUTE, prepared)).isEqualTo(prepared);
    }

    @Test
    void howUnitsAreDealtIsGivenBackToo() {
        RolloutSpec bandit = spec(Strategy.BANDIT);
        RouteSpec before = ROUTE.withCandidates(List.of(SPARE));

        RouteSpec after = givenBack(bandit, before, prepared(bandit, before));

        assertThat(after.assignment()).isEqualTo(Assignment.ANCHORED);
        assertThat(after.candidates())
                .containsExactly(SPARE, new CandidateSpec(ArmSpec.of("canary", "m", 2), 0, 9_940));

        RouteSpec wide = ROUTE.withAssignment(Assignment.RENDEZVOUS)
                .withCandidates(List.of(BETA, new CandidateSpec(ArmSpec.of("wide", "m", 5), 0, 10_000)));
        RouteSpec again = givenBack(CANARY, wide, prepared(CANARY, wide));
        assertThat(again.assignment()).isEqualTo(Assignment.RENDEZVOUS);
        assertThat(again.candidates().subList(0, 2)).isEqualTo(wide.candidates());
    }

    /// Each of a bandit's may have all units.
    @Test
    void severalThatMayHaveAllUnitsFitWhereNotAllMay() {
        RolloutSpec bandit = spec(Strategy.BANDIT, List.of(new Candidate("two", "m", 2), new Candidate("six", "m", 6)));
        RouteSpec before = ROUTE.withCandidates(List.of(SPARE));
        RouteSpec prepared = prepared(bandit, before);

        assertThat(givenBack(bandit, before, prepared).candidates())
                .extracting(CandidateSpec::maxWeight)
                .containsExactly(60, 9_940, 0);
        assertThat(prepared(CANARY, prepared).candidates())
                .as("one that was left to the next as it was")
                .extracting(candidate -> candidate.arm().name())
                .containsExactly("canary", "spare");
    }

    @Test
    void whatSomebodyChangedMeanwhileStays() {
        RouteSpec before = ROUTE.withCandidates(List.of(BETA, SPARE));
        RouteSpec prepared = prepared(CANARY, before);

        for (RouteSpec now : List.of(
                prepared.withWeight("canary", 100),
                prepared.withWeight("beta", 1),
                prepared.withCandidates(prepared.candidates().subList(0, 2)))) {
            assertThat(givenBack(CANARY, before, now)).isEqualTo(now);
        }
    }

    @Test
    void whatEarlierRolloutsMadeIsNotFoundAndWhatIsUsedIsIt() {
        CandidateSpec lent = new CandidateSpec(ArmSpec.of("canary", "m", 2), 0, 7);
        RouteSpec before =
                ROUTE.withCandidates(List.of(BETA, lent)).withRolled(new Rolled("r-1-0", false, Set.of("beta")));

        assertThat(RouteEdits.found(CANARY, before).candidates()).containsExactly(lent);
        assertThat(givenBack(CANARY, before, prepared(CANARY, before)).candidates())
                .containsExactly(lent);
    }

    @Test
    void itIsReadAsItWasRecordedAndNothingOfOlderRecords() {
        Found found = new Found(Assignment.RENDEZVOUS, List.of(BETA, SPARE));

        assertThat(Found.read(JsonMapper.shared().readTree(found.write().toString())))
                .contains(found);
        assertThat(Found.read(JsonMapper.shared().readTree("{}").path("found"))).isEmpty();
        assertThat(Found.read(JsonMapper.shared().readTree("{\"assignment\":\"BY_MOON\"}")))
                .isEmpty();
    }
}
