package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.ArmDeals;
import dev.penstock.router.arms.ArmKey;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.GroupTally;
import dev.penstock.router.arms.RewardRange;
import dev.penstock.router.rollout.Compared;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Rolled;
import dev.penstock.router.split.RouteSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What came since a moment, of counts that only grow.
final class SinceTest {
    private static final RolloutSpec SPEC = RolloutJson.read(
                    JsonMapper.shared().readTree("""
                            {"route": "front", "candidate": "lookup@2", "strategy": "bandit"}"""), RolloutJson.USUAL_CONTROL)
            .spec();

    private final Map<ArmKey, ArmCounts> counts = new HashMap<>();
    private final Map<ArmName, Compared> copies = new HashMap<>();
    private final Sight sight = new Sight() {
        @Override
        public Map<ArmKey, ArmCounts> counts(String route) {
            return counts;
        }

        @Override
        public Map<ArmName, Compared> copies(String route) {
            return Map.copyOf(copies);
        }

        @Override
        public Map<ArmName, String> tripped(String route, String rollout) {
            return Map.of();
        }
    };

    private static RouteSpec route(int weight) {
        return RouteSpec.of("front", ArmSpec.of("stable", "lookup", 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "lookup", 2), weight, 10_000)))
                .withRolled(new Rolled("r1", false, Set.of()));
    }

    private static Epoch dealt(int weight) {
        return new Epoch(0, Map.of("canary", weight, "stable", 10_000 - weight), Map.of(), Map.of());
    }

    private void reward(RouteSpec route, double reward) {
        GroupTally told = new GroupTally();
        told.add(3, reward);
        ArmKey key =
                new ArmKey("front", route.salt(), route.rollout(), route.epoch(), "canary", new ModelKey("lookup", 2));
        counts.merge(key, new ArmCounts.Builder().rewards(told.sums()).build(), ArmCounts::plus);
    }

    @Test
    void whatIsSaidOfAnswersOfBeforeIsToldWithTheSharesOfThen() {
        Since since = new Since(sight, "front", new Dealt());
        RouteSpec tenth = route(1_000);
        RouteSpec half = route(5_000);
        RouteSpec unknown = route(7_000);
        since.dealt(tenth.epoch(), dealt(1_000));
        reward(tenth, 0.25);
        assertThat(since.next(sight, SPEC, tenth).counts().get("canary"))
                .extracting(count -> count.rewards().sum())
                .isEqualTo(0.25);

        since.dealt(half.epoch(), dealt(5_000));
        reward(tenth, 0.5);
        reward(half, 1);
        reward(unknown, 0.75);
        Since.News news = since.next(sight, SPEC, half);

        assertThat(news.counts().get("canary"))
                .extracting(count -> count.rewards().sum())
                .isEqualTo(1.0);
        assertThat(news.late()).singleElement().satisfies(late -> {
            assertThat(late.weight("canary")).isEqualTo(1_000);
            assertThat(late.counts("canary").rewards().sum()).isEqualTo(0.5);
        });
        assertThat(since.next(sight, SPEC, half).late()).as("told once").isEmpty();
    }

    @Test
    void whatIsRecordedOfSharesIsToldInItsOrder() {
        Dealt dealt = Dealt.recorded(List.of(dealt(1_000), dealt(5_000)));
        assertThat(dealt.add(7, dealt(9_000))).isTrue();
        assertThat(dealt.add(7, dealt(9_000))).as("they go on").isFalse();

        ArmDeals told = dealt.told("r1", 3, RewardRange.UNBOUNDED);

        assertThat(told.rollout()).isEqualTo("r1");
        assertThat(told.shares())
                .extracting(shares -> shares.weights().getOrDefault("canary", 0))
                .containsExactly(1_000, 5_000, 9_000);
        for (int i = 0; i < 100; i++) {
            assertThat(dealt.add(100L + i, dealt(100 + i))).isTrue();
        }
        assertThat(dealt.told("r1", 3, RewardRange.UNBOUNDED).shares()).hasSize(32);
        assertThat(dealt.of(7)).isNull();
    }

    @Test
    void itGivesOnceMoreWhatCameAfterAMark() {
        Since since = new Since(sight, "front", new Dealt());
        RouteSpec route = route(1_000);
        reward(route, 0.25);
        assertThat(sum(since, route)).isEqualTo(0.25);
        Since.Mark mark = since.mark();
        reward(route, 0.5);
        assertThat(sum(since, route)).isEqualTo(0.5);

        since.again(mark);
        assertThat(sum(since, route)).isEqualTo(0.5);
        since.again(null);
        assertThat(sum(since, route)).as("the mark is what is recorded").isEqualTo(0.5);
    }

    private void count(RouteSpec route, int requests) {
        ArmKey key =
                new ArmKey("front", route.salt(), route.rollout(), route.epoch(), "canary", new ModelKey("lookup", 2));
        ArmCounts more = new ArmCounts.Builder()
                .failures(ErrorCode.INTERNAL, requests)
                .firstExposures(requests)
                .build();
        counts.merge(key, more, ArmCounts::plus);
    }

    private ArmCounts next(Since since, RouteSpec route, boolean whole) {
        return since.next(sight, SPEC, route, whole).counts().getOrDefault("canary", ArmCounts.EMPTY);
    }

    @Test
    void whatWasCountedWhileAnArmHadNoRequestsIsLeftOut() {
        Since since = new Since(sight, "front", new Dealt());
        RouteSpec route = route(1_000);
        count(route, 10);
        assertThat(next(since, route, true).firstExposures()).isEqualTo(10);
        since.recorded();

        count(route, 20);
        ArmCounts begun = next(since, route, false);
        assertThat(begun.requests()).as("what failed is known").isEqualTo(20);
        assertThat(begun.firstExposures()).as("who is missing is not").isZero();
        count(route, 40);
        assertThat(next(since, route, false).requests()).isZero();
        count(route, 80);
        assertThat(next(since, route, true).requests()).as("it ended meanwhile").isZero();

        since.again(null);
        count(route, 160);
        assertThat(next(since, route, true).requests())
                .as("what was left out is not given once more")
                .isZero();
        count(route, 320);
        assertThat(next(since, route, true).firstExposures()).isEqualTo(320);
    }

    /// The candidate hangs, and shares move each few seconds.
    @Test
    void whatEndsAfterSharesWereDealtAnewCountsUnderThoseOfBefore() {
        Since since = new Since(sight, "front", new Dealt());
        RouteSpec tenth = route(1_000);
        RouteSpec half = route(5_000);
        since.dealt(tenth.epoch(), dealt(1_000));
        count(tenth, 1);
        assertThat(next(since, tenth, true).requests()).isEqualTo(1);

        since.dealt(half.epoch(), dealt(5_000));
        count(tenth, 20);
        count(half, 3);
        Since.News news = since.next(sight, SPEC, half, true);
        assertThat(news.counts().get("canary")).extracting(ArmCounts::requests).isEqualTo(3L);
        assertThat(news.late()).singleElement().satisfies(late -> {
            assertThat(late.weight("canary")).isEqualTo(1_000);
            assertThat(late.counts("canary").failures(ErrorCode.INTERNAL)).isEqualTo(20);
            assertThat(late.counts("canary").firstExposures()).isEqualTo(20);
        });
        assertThat(since.next(sight, SPEC, half, true).late())
                .as("counted once")
                .isEmpty();
    }

    @Test
    void norDoesWhatEndsLateCountWhileAnArmHasNoRequests() {
        Since since = new Since(sight, "front", new Dealt());
        RouteSpec tenth = route(1_000);
        RouteSpec half = route(5_000);
        since.dealt(tenth.epoch(), dealt(1_000));
        since.dealt(half.epoch(), dealt(5_000));
        count(tenth, 10);
        assertThat(since.next(sight, SPEC, half, false).late()).singleElement().satisfies(late -> {
            assertThat(late.counts("canary").requests()).isEqualTo(10);
            assertThat(late.counts("canary").firstExposures()).isZero();
        });
        count(tenth, 20);
        reward(tenth, 0.5);
        assertThat(since.next(sight, SPEC, half, false).late()).singleElement().satisfies(late -> {
            assertThat(late.counts("canary").requests()).isZero();
            assertThat(late.counts("canary").rewards().sum()).isEqualTo(0.5);
        });
    }

    /// A guard is open for hours.
    @Test
    void whatIsSaidOfAnswersCountsWhileAnArmHasNoRequests() {
        Since since = new Since(sight, "front", new Dealt());
        RouteSpec tenth = route(1_000);
        since.dealt(tenth.epoch(), dealt(1_000));
        assertThat(since.next(sight, SPEC, tenth, false).late()).isEmpty();
        count(tenth, 20);
        reward(tenth, 0.5);
        Since.News news = since.next(sight, SPEC, tenth, false);
        assertThat(news.counts()).isEmpty();
        assertThat(news.late()).singleElement().satisfies(late -> {
            assertThat(late.weight("canary")).isEqualTo(1_000);
            assertThat(late.counts("canary").rewards().sum()).isEqualTo(0.5);
            assertThat(late.counts("canary").requests()).isZero();
        });
        count(tenth, 20);
        assertThat(since.next(sight, SPEC, tenth, false).late())
                .as("counted once")
                .isEmpty();
        reward(tenth, 0.25);
        assertThat(since.next(sight, SPEC, tenth, true).late())
                .singleElement()
                .satisfies(late ->
                        assertThat(late.counts("canary").rewards().sum()).isEqualTo(0.25));
    }

    private static ArmName shadow(long version) {
        return new ArmName("front", "canary-shadow", new ModelKey("lookup", version));
    }

    private static Compared compared(long answered) {
        return new Compared(answered, 0, 0, GroupSums.EMPTY, GroupSums.EMPTY);
    }

    /// Somebody has it stand for another version for a while.
    @Test
    void copiesThatWentToAnotherVersionByTheSameArmDoNotCount() {
        Since since = new Since(sight, "front", new Dealt());
        copies.put(shadow(2), compared(3));
        copies.put(shadow(3), compared(40));

        assertThat(since.next(sight, SPEC, route(1_000), true).copies()).containsEntry("canary", compared(3));
    }

    private double sum(Since since, RouteSpec route) {
        return since.next(sight, SPEC, route)
                .counts()
                .getOrDefault("canary", ArmCounts.EMPTY)
                .rewards()
                .sum();
    }

    @Test
    void ofManyAttemptsTheOneThatIsRecordedIsFound() {
        Attempts attempts = new Attempts();
        Since.Mark first = new Since.Mark(Map.of(), Map.of(shadow(1), Compared.NONE));
        Since.Mark last = new Since.Mark(Map.of(), Map.of(shadow(2), Compared.NONE));
        attempts.add(3, first, List.of());
        for (int i = 4; i < 200; i++) {
            attempts.add(i, new Since.Mark(Map.of(), Map.of()), List.of());
        }
        attempts.add(200, last, List.of());

        assertThat(attempts.recorded(2)).as("none of these").isNull();
        assertThat(attempts.recorded(3)).isSameAs(first);
        assertThat(attempts.recorded(200)).isSameAs(last);
        attempts.clear();
        assertThat(attempts.recorded(3)).isNull();
    }
}
