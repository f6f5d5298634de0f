package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.Assigned;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Place;
import dev.penstock.router.split.RequestFacts;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.router.waiting.OnDemandVersion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Requests that a route deals to its arms, on the general path.
class SplitRouterTest {
    private final List<Pending> offered = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final Map<String, String> headers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final Outcome outcome = new Outcome();
    private final Version stable = new Version(1);
    private final Version canary = new Version(2);
    private boolean accepting = true;
    private long nowNanos;
    private final Router router = new Router(this::offer, (_, _, _, _, _) -> {}, () -> nowNanos);
    private final ArmObservers observers = (key, _) -> (reason, _, _, failure, nanos) -> ended.add(String.join(
            " ",
            key.route(),
            key.assignment(),
            key.arm(),
            key.target().toString(),
            reason.text(),
            String.valueOf(failure),
            Long.toString(nanos)));

    private static RouteSpec spec(int weight) {
        return RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), weight, 10_000)));
    }

    private void publish(RouteSpec... specs) {
        router.publish(models().withRoutes(List.of(specs), observers));
    }

    private RouteTable models() {
        return RouteTable.of(List.of(
                new ModelRoute("m", List.of(stable, canary), Set.of(3L), Map.of("stable", new AliasTarget(1, 0)))));
    }

    private static Tensor x() {
        return new Tensor(
                "x", DataType.UINT8, Shape.of(1), ByteBuffer.allocate(1).order(ByteOrder.LITTLE_ENDIAN));
    }

    private void infer(String model, String version) {
        router.infer(
                new InferenceRequest(model, version, "", List.of(x()), List.of(), InferenceRequest.NO_DEADLINE),
                outcome);
    }

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
    void aFallbackArmRunsAFailedRequestBeforeItsCallerKnows() {
        publish(spec(10_000).withFallback(new FallbackSpec("stable", Set.of(ErrorCode.MODEL_FAILED))));
        infer("m", "");
        nowNanos = 50;
        offered.getFirst().sink().fail(ErrorCode.MODEL_FAILED, "broken");

        assertThat(outcome.failure).isEmpty();
        assertThat(offered).hasSize(2);
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(outcome.arms.getLast().header()).endsWith(";r=fallback");
        nowNanos = 80;
        offered.getLast().sink().fail(ErrorCode.MODEL_FAILED, "broken, too");
        assertThat(outcome.failure).isEqualTo("MODEL_FAILED: broken, too");
        assertThat(ended)
                .containsExactly(
                        "m m/v1 canary m/2 random MODEL_FAILED 50", "m m/v1 stable m/1 fallback MODEL_FAILED 30");
    }

    @Test
    void aFallbackIsForTheFailuresItNamesOnly() {
        publish(spec(10_000).withFallback(new FallbackSpec("stable", Set.of(ErrorCode.MODEL_FAILED))));
        infer("m", "");
        offered.getFirst().sink().fail(ErrorCode.INTERNAL, "broken");

        assertThat(offered).hasSize(1);
        assertThat(outcome.failure).isEqualTo("INTERNAL: broken");
    }

    @Test
    void aRequestThatItsArmRefusesFallsBackToo() {
        publish(spec(10_000).withFallback(new FallbackSpec("stable", Set.of(ErrorCode.OVERLOADED))));
        accepting = false;
        infer("m", "");

        assertThat(outcome.failure).startsWith("OVERLOADED");
        assertThat(ended).hasSize(2);
        assertThat(stable.leases + canary.leases).isZero();
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
    void aFallbackArmStandsInForADefaultArmThatIsNotReady() {
        RouteSpec route = RouteSpec.of("m", ArmSpec.of("stable", "m", 3))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), 0, 10_000)));
        publish(route.withFallback(new FallbackSpec("canary", Set.of(ErrorCode.NOT_READY))));
        infer("m", "");
        try (Addressed to = router.address("m", "", RequestFacts.NONE)) {
            assertThat(to.key()).isEqualTo(new ModelKey("m", 2));
        }
        offered.getFirst().sink().fail(ErrorCode.NOT_READY, "");

        assertThat(outcome.arms.getFirst().header()).endsWith(";r=fallback");
        assertThat(ended).containsExactly("m m/v1 canary m/2 fallback NOT_READY 0");

        publish(route.withFallback(new FallbackSpec("canary", Set.of(ErrorCode.MODEL_FAILED))));
        infer("m", "");
        assertThat(outcome.failure).startsWith("NOT_READY: Request for unknown model");
    }

    /// What it says is its door's again, and its loader's thread is not its door's.
    @Test
    void aRouteThatIsPublishedWhileARequestWaitsIsNotForIt() {
        List<OnDemandVersion.Asker> askers = new ArrayList<>();
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(new Sleeping(1, askers)), Set.of()))));
        infer("m", "");
        publish(spec(10_000).withMatch(List.of(Condition.header("x-canary", "1"))));
        asked.clear();
        askers.getFirst().told(null);

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(asked).isEmpty();
        assertThat(outcome.arms).isEmpty();
        assertThat(ended).isEmpty();
    }

    @Test
    void anArmOnDemandThatTurnsOutNotToFitGetsNothing() {
        List<OnDemandVersion.Asker> askers = new ArrayList<>();
        ModelRoute asleep = new ModelRoute("m", List.of(stable, new Sleeping(2, askers)), Set.of());
        router.publish(RouteTable.of(List.of(asleep)).withRoutes(List.of(spec(10_000)), observers));
        infer("m", "");
        infer("m", "");
        assertThat(outcome.arms.getLast().arm()).isEqualTo("canary");

        router.publish(router.table().with(new ModelRoute("m", List.of(stable, new Version(2, "y")), Set.of())));
        askers.getFirst().told(null);
        infer("m", "");

        assertThat(offered).extracting(pending -> pending.request().version()).containsExactly("1", "1", "");
        assertThat(outcome.arms.getLast().header()).endsWith(";r=not-ready");
        offered.forEach(pending -> pending.sink().fail(ErrorCode.CANCELLED, ""));
        assertThat(ended).hasSize(3).allMatch("m m/v1 stable m/1 not-ready CANCELLED 0"::equals);
        @Nullable BoundRoute route = router.table().route("m");
        assertThat(route).isNotNull();
        assertThat(route.arms().get(1).unfit())
                .isEqualTo("input 'x' is gone, and callers send it; input 'y' (UINT8 [-1]) is new and required");
    }

    @Test
    void anArmOnDemandThatFitsHasWhoWaitedForIt() {
        List<OnDemandVersion.Asker> askers = new ArrayList<>();
        ModelRoute asleep = new ModelRoute("m", List.of(stable, new Sleeping(2, askers)), Set.of());
        router.publish(RouteTable.of(List.of(asleep)).withRoutes(List.of(spec(10_000)), observers));
        infer("m", "");
        router.publish(router.table().with(new ModelRoute("m", List.of(stable, canary), Set.of())));
        askers.getFirst().told(null);
        offered.getFirst().sink().fail(ErrorCode.CANCELLED, "");

        assertThat(ended).containsExactly("m m/v1 canary m/2 random CANCELLED 0");
    }

    @Test
    void whoIsGoneIsNotRunAgain() {
        publish(spec(10_000).withFallback(new FallbackSpec("stable", Set.of(ErrorCode.MODEL_FAILED))));
        infer("m", "");
        outcome.abandoned = true;
        offered.getFirst().sink().fail(ErrorCode.MODEL_FAILED, "broken");

        assertThat(offered).hasSize(1);
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

    private Offer offer(Pending pending) {
        return accepting && offered.add(pending) ? Offer.TAKEN : Offer.QUEUE_FULL;
    }

    /// Version `number` of `m`.
    private static final class Version implements VersionHandle {
        private final long number;
        private final String input;
        private int leases;
        private boolean gone;

        Version(long number) {
            this(number, "x");
        }

        Version(long number, String input) {
            this.number = number;
            this.input = input;
        }

        @Override
        public ModelKey key() {
            return new ModelKey("m", number);
        }

        @Override
        public Signature signature() {
            return new Signature(List.of(TensorSpec.of(input, DataType.UINT8, -1)), List.of(), 0);
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        public @Nullable Lease tryLease() {
            if (gone) {
                return null;
            }
            leases++;
            return new Lease() {
                @Override
                public LoadedModel model() {
                    throw new AssertionError("nobody runs it here");
                }

                @Override
                public void close() {
                    leases--;
                }
            };
        }
    }

    /// A version of `m`, on demand, that was never here.
    private record Sleeping(long number, List<Asker> askers) implements OnDemandVersion {
        @Override
        public ModelKey key() {
            return new ModelKey("m", number);
        }

        @Override
        public Signature signature() {
            throw new AssertionError("nobody has it brought here for that");
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        public @Nullable Lease tryLease() {
            return null;
        }

        @Override
        public void wake(Asker asker) {
            askers.add(asker);
        }
    }

    private final class Outcome implements ReplySink {
        private final List<Assigned> arms = new ArrayList<>();
        private @Nullable ModelKey resolved;
        private String failure = "";
        private boolean abandoned;
        private int replies;

        @Override
        public void assigned(Assigned arm) {
            arms.add(arm);
        }

        @Override
        public void resolved(ModelKey key) {
            resolved = key;
        }

        @Override
        public void reply(InferenceReply reply) {
            replies++;
        }

        @Override
        public void fail(ErrorCode code, String message) {
            failure = code + ": " + message;
        }

        @Override
        public boolean abandoned() {
            return abandoned;
        }

        @Override
        public @Nullable CharSequence header(String name) {
            asked.add(name);
            return headers.get(name);
        }
    }
}
