package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.Assigned;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Place;
import dev.penstock.router.split.RequestFacts;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.router.waiting.WaitingRoom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Requests that a route deals to its arms, on the general path.
class SplitRouterTest extends SplitRouterTests {
    @Test
    void aRequestGoesToTheArmOfItsUnitAndItsSinkIsTold() {
        publish(spec(10_000));
        headers.put("x-penstock-unit", "u1");
        infer("m", "");
        nowNanos = 70;
        offered.getFirst().sink().fail(ErrorCode.MODEL_FAILED, "broken");

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 2));
        assertThat(outcome.arms).hasSize(1);
        Assigned arm = outcome.arms.getFirst();
        assertThat(arm.route() + " " + arm.arm() + " " + arm.weight()).isEqualTo("m canary 10000");
        assertThat(arm.header()).matches("v=m/v1;b=[0-9]{4};r=hash");
        assertThat(ended).containsExactly("m m/v1 canary m/2 hash MODEL_FAILED 70");
        assertThat(outcome.failure).isEqualTo("MODEL_FAILED: broken");
    }

    /// Whoever publishes another one while a request is dealt: its arms may be others by then.
    @Test
    void allWhoSeeARequestSeeTheRouteThatDealtIt() {
        List<@Nullable BoundRoute> seen = new ArrayList<>();
        RequestTap tap = (_, route, sink) -> {
            seen.add(route);
            return sink;
        };
        try (WaitingRoom room = new WaitingRoom(WaitingRoom.Settings.STANDARD, () -> nowNanos)) {
            Router tapped = new Router(this::offer, (_, _, _, _, _) -> {}, () -> nowNanos, room, tap);
            RouteTable dealing = models().withRoutes(List.of(spec(10_000)), observers);
            tapped.publish(dealing);
            onLookup = () -> tapped.publish(models());

            tapped.infer(request("m", ""), outcome);
            tapped.infer(request("m", "1"), outcome);
            tapped.infer(request("nobody", ""), outcome);

            assertThat(tapped.table().route("m")).isNull();
            assertThat(outcome.arms).extracting(Assigned::arm).containsExactly("canary");
            assertThat(seen).containsExactly(dealing.route("m"), null, null);
            assertThat(outcome.failure).startsWith("NOT_FOUND: ");
        }
    }

    @Test
    void whoNamesAVersionOrAnAliasDoesNotTakeTheRoute() {
        publish(spec(10_000));
        infer("m", "1");
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        infer("m@stable", "");
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));

        assertThat(outcome.arms).isEmpty();
        assertThat(ended).isEmpty();
    }

    @Test
    void aRouteMayHaveANameOfItsOwn() {
        publish(RouteSpec.of("fraud-score", new ArmSpec("stable", Target.alias("m", "stable"))));
        infer("fraud-score", "");
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        infer("fraud-score", "1");
        assertThat(outcome.failure)
                .isEqualTo("NOT_FOUND: Request for unknown model: 'fraud-score' is a route, "
                        + "which has no versions of its own");
    }

    @Test
    void anArmThatIsNotReadyLeavesItsRequestsToTheDefault() {
        publish(spec(10_000).withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 3), 10_000, 10_000))));
        infer("m", "");
        offered.getFirst().sink().fail(ErrorCode.CANCELLED, "");

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(ended).containsExactly("m m/v1 stable m/1 not-ready CANCELLED 0");
    }

    @Test
    void soDoesOneThatIsLeavingAtThatMoment() {
        publish(spec(10_000));
        canary.gone = true;
        infer("m", "");

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(outcome.arms.getLast().reason()).isEqualTo("not-ready");
        assertThat(stable.leases).isEqualTo(1);
    }

    @Test
    void aDefaultArmThatIsNotReadySaysWhy() {
        publish(RouteSpec.of("m", ArmSpec.of("stable", "m", 3)));
        infer("m", "");

        assertThat(outcome.failure)
                .isEqualTo("NOT_READY: Request for unknown model: 'm' version 3 is not at ready state");
    }

    @Test
    void anEditOfTheModelBindsItsRoutesAnew() {
        publish(spec(10_000));
        router.publish(router.table().with(new ModelRoute("m", List.of(stable), Set.of(2L))));
        infer("m", "");
        assertThat(outcome.arms.getLast().reason()).isEqualTo("not-ready");

        router.publish(router.table().with(new ModelRoute("m", List.of(stable, canary), Set.of())));
        infer("m", "");
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 2));

        // Who makes a table of all models from nothing takes the routes over.
        router.publish(models().withRoutesOf(router.table()));
        infer("m", "");
        assertThat(outcome.arms.getLast().arm()).isEqualTo("canary");
    }

    @Test
    void aRouteThatDidNotChangeIsNotMadeAnew() {
        publish(spec(500));
        @Nullable BoundRoute before = router.table().route("m");
        router.publish(router.table().withRoutes(List.of(spec(500)), observers));
        @Nullable BoundRoute after = router.table().route("m");

        assertThat(before).isNotNull();
        assertThat(after).isNotNull();
        assertThat(after.split()).isSameAs(before.split());
    }

    @Test
    void anOverrideWinsAndConditionsSendTheRestToTheDefault() {
        publish(spec(0).withOverrides(List.of(new OverrideSpec(List.of(Condition.header("x-canary", "1")), "canary"))));
        headers.put("x-canary", "1");
        infer("m", "");
        assertThat(outcome.arms.getLast().header()).endsWith(";r=override");
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 2));

        publish(spec(10_000).withMatch(List.of(Condition.header("x-canary", "2"))));
        infer("m", "");
        assertThat(outcome.arms.getLast().header()).endsWith(";r=no-match");
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
    }

    @Test
    void anAnswerThatNobodyWaitsForIsNoSuccessOfItsArm() {
        publish(spec(10_000));
        InferenceReply reply = new InferenceReply(new ModelKey("m", 2), List.of());
        router.infer(new InferenceRequest("m", "", "", List.of(x()), List.of(), 1_000), outcome);
        router.infer(new InferenceRequest("m", "", "", List.of(x()), List.of(), 5_000), outcome);
        router.infer(new InferenceRequest("m", "", "", List.of(x()), List.of(), 1_000), outcome);
        outcome.abandoned = true;
        nowNanos = 3_000;
        offered.get(0).sink().reply(reply);
        offered.get(1).sink().reply(reply);
        offered.get(2).sink().fail(ErrorCode.CANCELLED, "");

        assertThat(ended)
                .containsExactly(
                        "m m/v1 canary m/2 random DEADLINE_EXCEEDED 3000",
                        "m m/v1 canary m/2 random CANCELLED 3000",
                        "m m/v1 canary m/2 random DEADLINE_EXCEEDED 3000");
        // The memory is its sink's nonetheless.
        assertThat(outcome.replies).isEqualTo(2);

        outcome.abandoned = false;
        infer("m", "");
        offered.getLast().sink().reply(reply);
        assertThat(ended.getLast()).endsWith("random null 0");
    }

    @Test
    void aRequestThatIsReadLaterKeepsItsArm() {
        publish(spec(5_000));
        RequestFacts facts = name -> name.equals("x-penstock-unit") ? "u1" : null;
        try (Addressed to = router.address("m", "", facts)) {
            router.infer(
                    new InferenceRequest("m", "", "", List.of(), List.of(), InferenceRequest.NO_DEADLINE), to, outcome);
        }
        @Nullable BoundRoute route = router.table().route("m");

        assertThat(route).isNotNull();
        assertThat(outcome.arms).containsExactly(route.assigned(route.place(facts)));
        assertThat(ended).hasSize(1);
    }

    @Test
    void twoRoutesOfOneNameAreRefused() {
        assertThatThrownBy(() -> models().withRoutes(List.of(spec(1), spec(2)), observers))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPlaceIsReadBackAsItsParts() {
        publish(spec(10_000));
        @Nullable BoundRoute route = router.table().route("m");

        assertThat(route).isNotNull();
        long place = route.place(RequestFacts.NONE);
        assertThat(route.arm(place).spec().name()).isEqualTo("canary");
        assertThat(Place.arm(route.notReady(place))).isZero();
        assertThat(Place.bucket(route.notReady(place))).isEqualTo(Place.bucket(place));
    }
}
