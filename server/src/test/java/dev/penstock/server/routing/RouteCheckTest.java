package dev.penstock.server.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouteCheckTest {
    private static final Signature FOUR = signature(4);
    private static final RouteSpec ROUTE = RouteSpec.of("fraud", ArmSpec.of("stable", "fraud", 1));

    private final List<ModelStatus> models = new ArrayList<>(List.of(
            new ModelStatus(
                    "fraud",
                    List.of(
                            version(1, VersionState.READY, "", FOUR),
                            version(2, VersionState.READY, "", FOUR),
                            version(3, VersionState.READY, "", signature(5)),
                            version(4, VersionState.UNAVAILABLE, "it cannot be read", null)),
                    List.of(),
                    "",
                    Map.of("champion", new AliasTarget(2, 0), "broken", new AliasTarget(4, 0))),
            new ModelStatus("churn", List.of(version(1, VersionState.READY, "", FOUR)), List.of(), "")));

    private final RouteCheck check = new RouteCheck(new Catalog() {
        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public boolean stopping() {
            return false;
        }

        @Override
        public List<ModelStatus> models() {
            return models;
        }

        @Override
        public @Nullable ModelStatus model(String name) {
            return models.stream()
                    .filter(model -> model.name().equals(name))
                    .findFirst()
                    .orElse(null);
        }
    });

    private static Signature signature(long columns) {
        return new Signature(
                List.of(TensorSpec.of("x", DataType.FP32, -1, columns)),
                List.of(TensorSpec.of("y", DataType.FP32, -1, 1)),
                8);
    }

    private static VersionStatus version(
            long number, VersionState state, String reason, @Nullable Signature signature) {
        return new VersionStatus(number, state, reason, Device.CPU, signature, null);
    }

    private static RouteSpec with(int weight, Target target) {
        return ROUTE.withCandidates(List.of(new CandidateSpec(new ArmSpec("canary", target), weight, 10_000)));
    }

    private void assertWrong(RouteSpec route, List<RouteSpec> others, String... parts) {
        assertThatThrownBy(() -> check.check(route, others))
                .isInstanceOfSatisfying(
                        ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContainingAll(parts);
    }

    @Test
    void whatCanBeIsTaken() {
        check.check(ROUTE, List.of());
        check.check(with(100, Target.version("fraud", 2)), List.of());
        check.check(with(100, Target.alias("fraud", "champion")), List.of());
        check.check(with(0, Target.version("fraud", 4)), List.of());
        check.check(RouteSpec.of("new-name", ArmSpec.of("stable", "churn", 1)), List.of(ROUTE));
        assertThat(check.answering(ROUTE, ArmSpec.of("a", "fraud", 2))).isEqualTo(2);
        assertThat(check.answering(ROUTE, new ArmSpec("a", Target.alias("fraud", "champion"))))
                .isEqualTo(2);
        assertThat(check.answering(ROUTE, ArmSpec.of("a", "fraud", 4))).isZero();
        assertThat(check.answering(ROUTE, ArmSpec.of("a", "nothing", 1))).isZero();
    }

    @Test
    void whoIsNoSubstituteForTheDefaultArmAnswersNobody() {
        ArmSpec newest = new ArmSpec("a", Target.standard("fraud"));
        assertThat(check.answering(ROUTE.withStandard(newest), newest)).isEqualTo(3);
        assertThat(check.answering(ROUTE, newest)).isZero();
        assertThat(check.answering(ROUTE.withStandard(ArmSpec.of("a", "fraud", 4)), newest))
                .as("nobody knows what a version takes that was never loaded")
                .isEqualTo(3);
    }

    @Test
    void armsStandForWhatIsThereAndReadyUnlessTheyGetNothing() {
        assertWrong(
                with(0, Target.version("frod", 2)),
                List.of(),
                "arm 'canary': there is no model 'frod'",
                "did you mean fraud?");
        assertWrong(
                with(0, Target.version("fraud", 9)),
                List.of(),
                "fraud@9 is not there; 'fraud' has versions [1, 2, 3, 4]");
        assertWrong(with(0, Target.alias("fraud", "none")), List.of(), "has no alias 'none'", "champion");
        assertWrong(
                with(1, Target.version("fraud", 4)),
                List.of(),
                "fraud@4 is not ready: fraud version 4 is unavailable, it cannot be read",
                "a weight of 0");
        assertWrong(with(1, Target.alias("fraud", "broken")), List.of(), "fraud@broken is not ready: fraud version 4");
        RouteSpec shadowed = ROUTE.withShadows(List.of(new ShadowSpec(ArmSpec.of("dark", "fraud", 4), 10_000, 0)));
        assertWrong(shadowed, List.of(), "arm 'dark'", "is not ready");
        assertWrong(ROUTE.withStandard(ArmSpec.of("stable", "fraud", 4)), List.of(), "arm 'stable'", "is not ready");
    }

    @Test
    void armsTakeAndGiveWhatTheDefaultArmDoes() {
        assertWrong(
                with(0, Target.version("fraud", 3)),
                List.of(),
                "arm 'canary' (fraud@3) does not fit the default arm: input 'x' took [-1,4] and takes [-1,5]");
    }

    @Test
    void whatDoesNotFitIsToldOnceOfAnArmAndItsShadow() {
        RouteSpec copied = with(0, Target.version("fraud", 3))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("dark", "fraud", 3), 0, 0)));

        assertThat(check.problems(copied)).hasSize(1);
    }

    @Test
    void namesLeadToOnePlace() {
        RouteSpec hiding = RouteSpec.of("churn", ArmSpec.of("stable", "fraud", 1));
        assertWrong(hiding, List.of(), "it would hide the model of its name");
        RouteSpec open = RouteSpec.of("score", new ArmSpec("stable", Target.standard("fraud")));
        assertWrong(open, List.of(ROUTE), "arm 'stable' stands for 'fraud' without a version");
        assertWrong(ROUTE, List.of(open), "route 'score' stands for its name without a version");
        check.check(RouteSpec.of("fraud", new ArmSpec("stable", Target.standard("fraud"))), List.of());
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertWrong(
                ROUTE.withCandidates(List.of(
                        new CandidateSpec(ArmSpec.of("a", "fraud", 9), 0, 100),
                        new CandidateSpec(ArmSpec.of("b", "none", 1), 0, 100))),
                List.of(),
                "route 'fraud': ",
                "arm 'a'",
                "; ",
                "arm 'b'");
    }
}
