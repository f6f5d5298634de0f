package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.router.ModelRoute;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Which requests a shadow gets copies of.
class CopiedRequestsTest extends ShadowsTests {
    @Test
    void nobodyIsAskedOfRequestsThatAreNotTheRoutes() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000));
                Shadows none = shadows(MANY, table(0))) {
            answer(shadows, "no-match");
            answer(none, "hash");
            InferenceRequest versioned = request().to(new ModelKey("m", 1));
            Sink door = new Sink();

            assertThat(shadows.around(versioned, null, door)).isSameAs(door);
            answer(shadows, "hash");
            until(shadows, now -> now.compared() == 1);
            assertThat(none.counts()).isEmpty();
        }
    }

    @Test
    void unitsAreCopiedByTheirShareAndAlwaysTheSame() {
        BoundRoute route = Objects.requireNonNull(table(5_000).route("m"));
        int copied = 0;
        for (int i = 0; i < 20_000; i++) {
            long hash2 = new SplittableRandom(i).nextLong() & -1L << 22;
            List<ShadowTarget> picked = ShadowPick.of(route, hash2);
            assertThat(ShadowPick.of(route, hash2)).isEqualTo(picked);
            copied += picked.size();
        }

        assertThat(copied).isBetween(9_700, 10_300);
    }

    /// What it says twice is the same, whatever it says.
    @Test
    void nobodyIsAskedWhatItAnswered() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            InferenceRequest request = request();
            ReplySink sink = around(shadows, request);
            sink.assigned(arm(3L << 58, "hash"));
            sink.resolved(new ModelKey("m", 2));
            sink.reply(new InferenceReply(new ModelKey("m", 2), List.of(floats("y", 1, 3))));
            ReplySink failing = around(shadows, request());
            failing.assigned(arm(3L << 58, "hash"));
            failing.resolved(new ModelKey("m", 2));
            failing.fail(ErrorCode.MODEL_FAILED, "on purpose");
            answer(shadows, "hash");

            ShadowCounts counts = until(shadows, now -> now.compared() > 0 && shadows.waiting() == 0);
            assertThat(counts.compared()).isEqualTo(1);
            assertThat(counts.notRun()).isZero();
        }
    }

    /// The arm of the shadow's own version failed, so what the fallback arm answers is told of both.
    @Test
    void whatAFallbackArmAnswersIsCopiedAsIfItHadBeenFirst() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            ReplySink sink = around(shadows, request());
            sink.assigned(arm(3L << 58, "hash"));
            sink.resolved(new ModelKey("m", 2));
            sink.assigned(arm(3L << 58, "fallback"));
            sink.resolved(new ModelKey("m", 1));
            sink.reply(new InferenceReply(new ModelKey("m", 1), List.of(floats("y", 1, 3))));

            ShadowCounts counts = until(shadows, now -> now.compared() == 1);
            assertThat(counts.disagreements().count(3)).isEqualTo(1);
        }
    }

    @Test
    void whatIsNotTheRoutesIsNoneOfItsShadowsWhoeverRunsItAgain() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            ReplySink sink = around(shadows, request());
            sink.assigned(arm(0, "no-match"));
            sink.assigned(arm(0, "fallback"));
            sink.reply(new InferenceReply(new ModelKey("m", 1), List.of(floats("y", 1, 3))));
            ReplySink failing = around(shadows, request());
            failing.assigned(arm(0, "no-match"));
            failing.assigned(arm(0, "fallback"));
            failing.fail(ErrorCode.MODEL_FAILED, "on purpose");

            assertThat(shadows.waiting()
                            + counts(shadows).ran()
                            + counts(shadows).notRun())
                    .isZero();
        }
    }

    @Test
    void anArmOfTheShadowsVersionHasNoCopiesOnTheFastPathEither() {
        RouteSpec spec = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), 5_000, 5_000)))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("next", "m", 2), 10_000, 0.5)));
        RouteTable both = RouteTable.of(List.of(new ModelRoute("m", List.of(primary, shadow), Set.of())))
                .withRoutes(List.of(spec), ArmObservers.NONE);
        ShadowPick pick = new ShadowPick(Objects.requireNonNull(both.route("m")));

        assertThat(pick.of(0, -1L)).hasSize(1);
        assertThat(pick.of(1, -1L)).isEmpty();
    }

    /// Two candidates with shares and copies: what one says of the other says nothing of the default arm.
    @Test
    void shadowsOfARolloutLearnFromTheDefaultArmOnly() {
        RouteSpec spec = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withCandidates(List.of(
                        new CandidateSpec(ArmSpec.of("a", "m", 2), 2_000, 2_000),
                        new CandidateSpec(ArmSpec.of("b", "m", 3), 2_000, 2_000)))
                .withShadows(List.of(
                        new ShadowSpec(ArmSpec.of("a-shadow", "m", 2), 10_000, 0.5),
                        new ShadowSpec(ArmSpec.of("b-shadow", "m", 3), 10_000, 0.5),
                        new ShadowSpec(ArmSpec.of("mine", "m", 3), 10_000, 0.5)))
                .withRolled(new Rolled("r", false, Set.of("a", "b", "a-shadow", "b-shadow")));
        FakeVersion third = new FakeVersion(3, (_, _) -> List.of());
        RouteTable table = RouteTable.of(List.of(new ModelRoute("m", List.of(primary, shadow, third), Set.of())))
                .withRoutes(List.of(spec), ArmObservers.NONE);
        BoundRoute route = Objects.requireNonNull(table.route("m"));
        ShadowPick pick = new ShadowPick(route);

        assertThat(pick.of(0, -1L))
                .extracting(CopiedRequestsTest::name)
                .containsExactly("a-shadow", "b-shadow", "mine");
        assertThat(pick.of(1, -1L)).extracting(CopiedRequestsTest::name).containsExactly("mine");
        assertThat(pick.of(2, -1L)).isEmpty();
        assertThat(ShadowPick.others(route, ShadowPick.all(route), new ModelKey("m", 2)))
                .as("nor on the general path")
                .extracting(CopiedRequestsTest::name)
                .containsExactly("mine");
    }

    private static String name(ShadowTarget target) {
        return target.key().arm();
    }
}
