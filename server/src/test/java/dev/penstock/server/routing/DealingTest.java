package dev.penstock.server.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.router.ModelRoute;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.arms.AssignmentReason;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Condition;
import dev.penstock.router.split.FallbackSpec;
import dev.penstock.router.split.OverrideSpec;
import dev.penstock.router.split.Place;
import dev.penstock.router.split.RouteSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DealingTest {
    private static final long SEED = 20261;
    private static final RouteSpec ROUTE = RouteSpec.of("front", ArmSpec.of("stable", "m", 1))
            .withCandidates(List.of(
                    new CandidateSpec(ArmSpec.of("canary", "m", 2), 4_000, 5_000),
                    new CandidateSpec(ArmSpec.of("other", "m", 3), 2_000, 5_000)))
            .withMatch(List.of(Condition.header("x-country", "de")))
            .withOverrides(List.of(new OverrideSpec(List.of(Condition.header("x-other", "1")), "other")));

    private record Version(long number) implements VersionHandle {
        @Override
        public ModelKey key() {
            return new ModelKey("m", number);
        }

        @Override
        public Signature signature() {
            return new Signature(List.of(TensorSpec.of("x", DataType.FP32, -1)), List.of(), 0);
        }

        @Override
        @MustBeClosed
        @SuppressWarnings("MustBeClosedChecker") // there is none
        public @Nullable Lease tryLease() {
            return null;
        }
    }

    private record Observer(boolean tripped) implements ArmObserver {
        @Override
        public void ended(
                AssignmentReason reason, int bucket, long hash2, @Nullable ErrorCode failure, long latencyNanos) {}

        @Override
        public void predicted(int bucket, Prediction.Row row) {}
    }

    private static BoundRoute bound(RouteSpec route, Set<Long> ready, Set<Long> tripped) {
        List<VersionHandle> versions = new ArrayList<>();
        ready.forEach(version -> versions.add(new Version(version)));
        @Nullable
        BoundRoute bound = RouteTable.of(List.of(new ModelRoute("m", versions, Set.of())))
                .withRoutes(
                        List.of(route),
                        (key, candidate) -> new Observer(
                                candidate && tripped.contains(key.target().version())))
                .route("front");
        assertThat(bound).isNotNull();
        return bound;
    }

    private static Dealt deal(RouteSpec route, Set<Long> ready, Set<Long> tripped, AssignOrder order) {
        return new Dealing(
                        route,
                        arm -> ready.contains(arm.target().version())
                                ? arm.target().version()
                                : 0,
                        arm -> tripped.contains(arm.target().version()))
                .deal(order);
    }

    private static AssignOrder order(Map<String, String> headers) {
        return new AssignOrder("", headers, Map.of(), "", "");
    }

    private static Set<Long> some(Random random, int from) {
        Set<Long> some = new HashSet<>();
        for (long version = from; version <= 3; version++) {
            if (random.nextInt(3) > 0) {
                some.add(version);
            }
        }
        return some;
    }

    /// Whatever is ready, whatever failed, and whoever stands in.
    @Test
    void itSaysWhatADoorWouldDo() {
        Random random = new Random(SEED);
        Set<String> reasons = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            Set<Long> ready = some(random, 1);
            Set<Long> tripped = new HashSet<>(some(random, 2));
            tripped.removeAll(some(random, 2));
            String fallback = List.of("stable", "canary", "other").get(random.nextInt(3));
            ErrorCode failure = random.nextBoolean() ? ErrorCode.NOT_READY : ErrorCode.MODEL_FAILED;
            RouteSpec route =
                    random.nextBoolean() ? ROUTE : ROUTE.withFallback(new FallbackSpec(fallback, Set.of(failure)));
            AssignOrder order = order(Map.of(
                    "x-penstock-unit", "user-" + i,
                    "x-country", random.nextInt(4) > 0 ? "de" : "fr",
                    "x-other", random.nextInt(4) > 0 ? "0" : "1"));

            BoundRoute door = bound(route, ready, tripped);
            long place = door.placeReady(order.facts());
            Dealt dealt = deal(route, ready, tripped, order);

            String state = "%d: %s, ready %s, tripped %s, %s".formatted(i, order, ready, tripped, route.fallback());
            @Nullable VersionHandle version = door.arm(place).version();
            assertThat(dealt.version())
                    .as(state)
                    .isEqualTo(version == null ? 0 : version.key().version());
            assertThat(dealt.arm()).as(state).isEqualTo(door.arm(place).spec().name());
            assertThat(dealt.bucket()).as(state).isEqualTo(Place.bucket(place));
            assertThat(dealt.reason()).as(state).isEqualTo(Place.reason(place).text());
            reasons.add(dealt.reason());
        }
        assertThat(reasons)
                .containsExactlyInAnyOrder("hash", "override", "no-match", "not-ready", "tripped", "fallback");
    }

    /// Of a route whose requests have no unit, no unit decides anything.
    @Test
    void whereNoUnitIsLookedForChanceDecides() {
        RouteSpec route = ROUTE.withMatch(List.of()).withUnit(List.of());
        AssignOrder ann = new AssignOrder("ann", Map.of(), Map.of(), "", "");
        Set<Integer> buckets = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Dealt dealt = deal(route, Set.of(1L, 2L, 3L), Set.of(), ann);
            assertThat(dealt.reason()).isEqualTo("random");
            assertThat(dealt.why()).contains("chance decides anew");
            buckets.add(dealt.bucket());
        }
        assertThat(buckets).hasSizeGreaterThan(50);
        assertThat(deal(ROUTE.withMatch(List.of()), Set.of(1L, 2L, 3L), Set.of(), ann)
                        .reason())
                .isEqualTo("hash");
    }

    @Test
    void itSaysWhyAFallbackArmStandsIn() {
        RouteSpec route = ROUTE.withFallback(new FallbackSpec("canary", Set.of(ErrorCode.NOT_READY)));
        AssignOrder french = order(Map.of("x-country", "fr"));

        assertThat(deal(route, Set.of(2L), Set.of(), french).why())
                .isEqualTo(
                        "it would be 'stable', as the condition that header x-country equals 'de' does not hold, but that has no version that is ready here, and this is the fallback arm");
        assertThat(deal(route, Set.of(2L), Set.of(2L), french).why())
                .endsWith("and neither is the fallback arm 'canary' there for it: it would be refused");
        assertThat(deal(ROUTE, Set.of(2L), Set.of(), french).why())
                .endsWith("and no other arm stands in: it would be refused");
    }
}
