package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.router.arms.ArmCounts;
import dev.penstock.router.arms.GroupSums;
import dev.penstock.router.arms.GroupTally;
import dev.penstock.router.arms.OnceCounts;
import dev.penstock.router.bandit.OffPolicyRewards;
import dev.penstock.router.evidence.FailureBets;
import dev.penstock.router.evidence.Foremost;
import dev.penstock.router.evidence.JackknifeSums;
import dev.penstock.router.evidence.PairCounts;
import dev.penstock.router.evidence.Pool;
import dev.penstock.router.evidence.Staked;
import dev.penstock.router.evidence.StakedBets;
import dev.penstock.router.rollout.Epoch;
import dev.penstock.router.rollout.Judgement;
import dev.penstock.router.rollout.PairEvidence;
import dev.penstock.router.rollout.Part;
import dev.penstock.router.rollout.Past;
import dev.penstock.router.rollout.PastTold;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RecentFailures;
import dev.penstock.router.rollout.RolloutState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a rollout's epochs said that are gone is there again after a restart, to the last bit.
final class PastJsonTest {
    private static RolloutState state(Past past) {
        return new RolloutState(
                Phase.ANALYSE,
                0,
                1,
                1,
                1,
                1,
                1,
                Map.of("canary", 1000),
                0,
                "",
                Map.of("other", "unfit: it takes x"),
                Set.of(),
                Set.of(),
                List.of(),
                past,
                List.of(),
                Map.of(),
                RecentFailures.NONE,
                Judgement.NONE,
                "",
                "",
                List.of(),
                7);
    }

    private static GroupSums sums(double value) {
        GroupTally tally = new GroupTally();
        for (int i = 0; i < 200; i++) {
            tally.add(i % GroupSums.GROUPS, value + i % 3);
        }
        return tally.sums();
    }

    private static Epoch epoch(double canary, double stable) {
        return epoch(2, canary, stable);
    }

    private static Epoch epoch(int step, double canary, double stable) {
        return new Epoch(
                step,
                Map.of("canary", 1000, "stable", 9000),
                Map.of(
                        "canary",
                                new ArmCounts.Builder()
                                        .rewards(sums(canary), sums(0))
                                        .build(),
                        "stable", new ArmCounts.Builder().rewards(sums(stable)).build()),
                Map.of());
    }

    private static PastTold told() {
        return PastTold.NONE
                .then(epoch(1, 1.0 / 3, 0.7), "canary", "stable")
                .then(epoch(0.2, 0.7), "canary", "stable")
                .then(epoch(0, 0.1), "canary", "stable");
    }

    private static Past withTold(PastTold told) {
        return new Past(List.of(epoch(0.2, 0.1)), Map.of(), 0, Map.of(), Map.of(), Map.of("canary", told), Part.NONE);
    }

    /// Releases before this one had a sum of the last step only.
    @Test
    void whatWasSaidOfTheLastStepIsReadOfOldRecords() {
        String now = StateJson.write(state(withTold(told())));
        String before = now.replaceAll("\"all(Rewards|Right)\":\\[[^]]*],", "");
        assertThat(before).isNotEqualTo(now);

        PastTold read =
                Objects.requireNonNull(StateJson.read(before).past().told().get("canary"));

        assertThat(read.ofStep()).isEqualTo(told().ofStep());
        assertThat(read.all()).isEqualTo(told().ofStep());
    }

    /// A server of such a release goes on with a bandit of one step.
    @Test
    void whatIsOfOneStepIsWrittenAsItWasBefore() {
        PastTold one = PastTold.NONE.then(epoch(0.2, 0.7), "canary", "stable");
        String json = StateJson.write(state(withTold(one)));
        assertThat(json).contains("\"rightEarned\"").doesNotContain("allR");
        assertThat(StateJson.read(json).past().told()).isEqualTo(Map.of("canary", one));
    }

    /// Releases before this one kept sums only.
    @Test
    void whatAnArmEarnedIsReadOfOldRecords() {
        Past past = new Past(List.of(epoch(0.2, 0.1)), Map.of(), 0, Map.of(), Map.of(), Map.of(), Part.NONE);
        String now = StateJson.write(state(past));
        String before = now.replace("\"told\":{}", "\"unknown\":{}");
        assertThat(before).isNotEqualTo(now);
        assertThat(StateJson.read(now).past().told()).isEmpty();

        RolloutState read = StateJson.read(before);

        assertThat(read.earned("canary", true).feedbacks()).isEqualTo(200);
        assertThat(read.earned("canary", true).weight()).isEqualTo(2_000, within(1e-6));
    }

    @Test
    void comesBackAsItWas() {
        FailureBets bets = FailureBets.worse(PairCounts.none(1).plus(new Pool(1000, 9000), 31, 210), 1.25);
        long[] all = new long[JackknifeSums.GROUPS];
        Arrays.fill(all, 4);
        OffPolicyRewards rewards = OffPolicyRewards.none()
                .plus(0.1, JackknifeSums.none().plus(3, 0.7).plus(60, 1.0 / 3), all);
        PairEvidence evidence = new PairEvidence(
                Map.of(PairEvidence.Bet.WORSE, bets, PairEvidence.Bet.NOT_WORSE_EVERY, bets.plus(bets)),
                Map.of(
                        PairEvidence.Bet.WORSE,
                        new PairEvidence.Parts(StakedBets.NONE.then(bets).then(bets.plus(bets)), StakedBets.NONE)),
                Map.of("latency-p50", Staked.NONE.then(1.25).then(-0.1), "latency-p99", Staked.NONE),
                Map.of("latency-p50", Staked.NONE.then(Double.NEGATIVE_INFINITY)),
                Foremost.NONE.then(-3.7).then(2));
        Epoch total = new Epoch(
                2,
                Map.of("canary", 1000, "stable", 9000),
                Map.of("canary", new ArmCounts.Builder().failed(31).build()),
                Map.of());
        Part part = new Part(
                2,
                7,
                List.of(new Epoch(
                        2,
                        Map.of("canary", 1000, "stable", 9000),
                        Map.of(
                                "canary",
                                new ArmCounts.Builder()
                                        .once(new OnceCounts(41, 3, 2, 1))
                                        .build()),
                        Map.of())));
        Past past = new Past(
                List.of(total),
                Map.of("canary", evidence),
                Double.POSITIVE_INFINITY,
                Map.of("canary", rewards),
                Map.of("stable", rewards.plus(rewards)),
                Map.of("canary", told()),
                part);

        String json = StateJson.write(state(past));
        StateShape.refuseNewer(json);
        Past read = StateJson.read(json).past();

        assertThat(read.evidence()).isEqualTo(past.evidence());
        assertThat(read.rewards()).isEqualTo(past.rewards());
        assertThat(read.right()).isEqualTo(past.right());
        assertThat(read.told()).isEqualTo(past.told());
        assertThat(read.part().step()).isEqualTo(2);
        assertThat(read.part().number()).isEqualTo(7);
        assertThat(read.part().before()).singleElement().satisfies(epoch -> {
            assertThat(epoch.weights()).isEqualTo(total.weights());
            assertThat(epoch.counts("canary").once()).isEqualTo(new OnceCounts(41, 3, 2, 1));
        });
        assertThat(read.mismatchLogE()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(read.totals()).singleElement().satisfies(epoch -> {
            assertThat(epoch.step()).isEqualTo(2);
            assertThat(epoch.weights()).isEqualTo(total.weights());
            assertThat(epoch.counts("canary").failed()).isEqualTo(31);
        });
    }

    @Test
    void whatThisReleaseWritesItKnowsAndNothingElse() {
        Past past = new Past(List.of(epoch(0.2, 0.1)), Map.of(), 0, Map.of(), Map.of(), Map.of(), Part.NONE);
        String json = StateJson.write(state(past));
        assertThat(StateFields.unknown(json).isEmpty()).isTrue();
        StateShape.refuseNewer(json);

        String newer = json.replaceFirst("\\{", "{\"later\":[1],\"untold\":[],\"gates\":[],");

        assertThat(StateFields.unknown(newer)).hasToString("{\"later\":[1]}");
        assertThat(StateJson.write(state(past), List.of(), List.of(), StateFields.unknown(newer)))
                .contains("\"later\":[1]");
    }

    @Test
    void whoWasDroppedIsKnownWithTheReasonIfThatWasRecorded() {
        String json = StateJson.write(state(Past.NONE));
        assertThat(StateJson.read(json).dropped()).isEqualTo(Map.of("other", "unfit: it takes x"));
        String before = json.replace("droppedFor", "unknown");
        assertThat(StateJson.read(before).dropped()).isEqualTo(Map.of("other", ""));
    }

    @Test
    void whatWasRecordedWithoutOneHasNone() {
        String json = StateJson.write(state(Past.NONE));
        assertThat(json).doesNotContain("past");
        assertThat(StateJson.read(json).past()).isEqualTo(Past.NONE);
    }
}
