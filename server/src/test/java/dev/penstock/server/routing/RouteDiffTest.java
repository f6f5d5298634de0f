package dev.penstock.server.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.server.store.RouteRecord;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteDiffTest {
    private static final CandidateSpec A = new CandidateSpec(ArmSpec.of("a", "m", 2), 500, 3_000);
    private static final CandidateSpec B = new CandidateSpec(ArmSpec.of("b", "m", 3), 0, 3_000);
    private static final CandidateSpec C = new CandidateSpec(ArmSpec.of("c", "m", 4), 0, 1_000);
    private static final RouteSpec ROUTE =
            RouteSpec.of("m", ArmSpec.of("stable", "m", 1)).withCandidates(List.of(A, B));

    @Test
    void unitsAreDealtAnewBySaltUnitRoomAndPlaceOnly() {
        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withSalt("m/v2"))).isTrue();
        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withUnit(List.of()))).isTrue();
        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withAssignment(Assignment.RENDEZVOUS)))
                .isTrue();
        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withCandidates(List.of(B, A))))
                .isTrue();
        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withCandidates(List.of(B)))).isTrue();
        CandidateSpec wider = new CandidateSpec(A.arm(), 500, 4_000);
        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withCandidates(List.of(wider, B))))
                .isTrue();

        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withWeight("a", 3_000))).isFalse();
        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withCandidates(List.of(A, B, C))))
                .isFalse();
        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withCandidates(List.of(A)))).isFalse();
        assertThat(RouteDiff.reassigns(ROUTE, ROUTE.withMatch(List.of(Condition.header("x", "1")))))
                .isFalse();
    }

    @Test
    void aRolloutMindsWhatMovesUnitsOrArms() {
        OverrideSpec override = new OverrideSpec(List.of(Condition.header("x", "1")), "a");
        assertThat(RouteDiff.leavesArmsAlone(ROUTE, ROUTE.withOverrides(List.of(override))))
                .isTrue();
        assertThat(RouteDiff.leavesArmsAlone(ROUTE, ROUTE.withWeight("a", 0))).isFalse();
        assertThat(RouteDiff.leavesArmsAlone(ROUTE, ROUTE.withStandard(ArmSpec.of("stable", "m", 9))))
                .isFalse();
    }

    @Test
    void aRolloutMindsItsOwnShadowsAndNoOthers() {
        ShadowSpec own = new ShadowSpec(ArmSpec.of("a-shadow", "m", 2), 10_000, 0);
        ShadowSpec other = new ShadowSpec(ArmSpec.of("other", "m", 3), 100, 0);
        RouteSpec route =
                ROUTE.withShadows(List.of(own, other)).withRolled(new Rolled("r1", false, Set.of("a", "a-shadow")));
        ShadowSpec elsewhere = new ShadowSpec(ArmSpec.of("a-shadow", "m", 9), 10_000, 0);

        assertThat(RouteDiff.leavesArmsAlone(route, route.withShadows(List.of(own))))
                .isTrue();
        assertThat(RouteDiff.leavesArmsAlone(route, route.withShadows(List.of(other))))
                .isFalse();
        assertThat(RouteDiff.leavesArmsAlone(route, route.withShadows(List.of(elsewhere, other))))
                .isFalse();
    }

    private static RouteChange applied(RouteSpec wanted, RouteSpec there) {
        RouteRecord recorded = RouteRecord.fresh("m", RouteJson.write(there).toString());
        return RouteChange.of(wanted, KnownRoute.read(recorded), "r1");
    }

    /// As the file has it from which the route was made before the rollout began.
    @Test
    void aFileThatDoesNotKnowOfTheRolloutLeavesItsArmsAndThoseItFound() {
        ShadowSpec own = new ShadowSpec(ArmSpec.of("a-shadow", "m", 2), 10_000, 0);
        ShadowSpec other = new ShadowSpec(ArmSpec.of("other", "m", 3), 100, 0);
        RouteSpec file =
                RouteSpec.of("m", ROUTE.standard()).withCandidates(List.of(B)).withShadows(List.of(other));
        CandidateSpec narrow = new CandidateSpec(B.arm(), 0, 500);
        RouteSpec there = file.withCandidates(List.of(A, narrow))
                .withShadows(List.of(other, own))
                .withRolled(new Rolled("r1", false, Set.of("a", "a-shadow")));

        assertThat(applied(file, there).isThere()).isTrue();
        assertThat(applied(file.withCandidates(List.of()), there).isThere()).isTrue();
        RouteChange fewer = applied(file.withShadows(List.of()), there);
        assertThat(fewer.refused()).isEmpty();
        assertThat(fewer.after().shadows()).containsExactly(own);
        ShadowSpec elsewhere = new ShadowSpec(ArmSpec.of("a-shadow", "m", 9), 10_000, 0);
        assertThat(applied(file.withShadows(List.of(elsewhere)), there).refused())
                .contains("rollout 'r1' runs on it");
        assertThat(applied(file.withCandidates(List.of(B, C)), there).refused()).contains("rollout 'r1' runs on it");
        assertThat(applied(file.withCandidates(List.of(new CandidateSpec(B.arm(), 100, 3_000))), there)
                        .refused())
                .contains("rollout 'r1' runs on it");
    }

    @Test
    void changesAreToldInAFewWords() {
        assertThat(RouteDiff.words(ROUTE, ROUTE.withWeight("a", 0).withSalt("m/v2")))
                .isEqualTo("a from 5% to 0%, salt");
        assertThat(RouteDiff.words(ROUTE, ROUTE.withCandidates(List.of(A, C))))
                .isEqualTo("c (m@4) new with 0%, b gone");
        assertThat(RouteDiff.words(ROUTE, ROUTE.withStandard(ArmSpec.of("stable", "m", 2))))
                .isEqualTo("default from stable (m@1) to stable (m@2)");
        assertThat(RouteDiff.words(ROUTE)).isEqualTo("default stable (m@1), a (m@2) new with 5%, b (m@3) new with 0%");
        assertThat(RouteDiff.words(RouteSpec.of("m", ROUTE.standard()))).isEqualTo("all to stable (m@1)");
        RouteSpec copied = ROUTE.withShadows(List.of(new ShadowSpec(ArmSpec.of("dark", "m", 3), 1_000, 0)));
        assertThat(RouteDiff.words(ROUTE, copied)).isEqualTo("shadow dark (m@3) new with 10%");
        assertThat(RouteDiff.words(copied, ROUTE)).isEqualTo("shadow dark gone");
        RouteSpec other = ROUTE.withShadows(List.of(new ShadowSpec(ArmSpec.of("dark", "m", 3), 500, 0)));
        assertThat(RouteDiff.words(copied, other)).isEqualTo("shadow dark (m@3), 5% now");
    }

    @Test
    void anArmThatIsHeldGetsNothingAndTheOthersWhatTheyHad() {
        OverrideSpec override = new OverrideSpec(List.of(Condition.header("x", "1")), "a");
        RouteSpec held = PublishedRoutes.without(ROUTE.withOverrides(List.of(override)), Set.of("a"));

        assertThat(held).isEqualTo(ROUTE.withWeight("a", 0));
        assertThat(PublishedRoutes.without(ROUTE, Set.of("gone"))).isEqualTo(ROUTE);
    }
}
