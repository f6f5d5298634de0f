package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What people are shown of a rollout.
final class RolloutTextTest {
    private static final JsonNode ROLLOUT = JsonMapper.shared().readTree("""
            {"id": "r1", "spec": {"route": "fraud", "strategy": "bandit"},
             "status": {"phase": "analyse", "step": 1, "steps": 1, "reason": "settled", "detail": "",
              "arms": [{"arm": "stable", "weight": 9000, "requests": 90, "failed": 1}],
              "metrics": [
               {"name": "errors", "arm": "canary", "state": "insufficient", "logE_rollback": 1.5, "threshold": 3,
                "detail": "few"},
               {"name": "quality", "arm": "other", "state": "fail", "estimate": -0.05, "ci": [-0.08, -0.02],
                "detail": "fewer right answers"},
               {"name": "reward-ips", "arm": "canary", "state": "report", "estimate": 0.41, "ci": [0.38, null],
                "n_control": 50, "n_canary": 50, "detail": "alone"}]}}""");

    @Test
    void reportsHaveATableOfTheirOwn() {
        List<String> lines =
                RolloutText.of(ROLLOUT, 0).lines().map(String::strip).toList();
        int metrics = index(lines, "METRIC");
        int reports = index(lines, "REPORT");
        assertThat(lines.subList(metrics + 1, reports))
                .filteredOn(line -> !line.isEmpty())
                .satisfiesExactly(
                        errors ->
                                assertThat(errors).startsWith("errors   canary").contains("##########.........."),
                        quality -> assertThat(quality)
                                .as("what is judged by bounds has no bars")
                                .doesNotContain("..", "#")
                                .matches(
                                        "quality +other +fail +- +- +-0\\.0500 \\(-0\\.0800 to -0\\.0200\\) +fewer.*"));
        assertThat(lines.subList(reports + 1, lines.size()))
                .singleElement()
                .asString()
                .matches("reward-ips +canary +0\\.4100 +0\\.3800 +- +- +alone");
    }

    @Test
    void whoIsBetterIsShownUntilTheEndSaysIt() {
        String json = """
                {"id": "r1", "spec": {}, "status": {"phase": "analyse", "detail": "%s",
                 "outcome": {"better": [], "detail": "by reward a no difference proven"}}}""";
        assertThat(RolloutText.of(JsonMapper.shared().readTree(json.formatted("")), 0))
                .contains("\n  so far: by reward a no difference proven\n");
        String over = json.formatted("all is done; by reward a no difference proven");
        assertThat(RolloutText.of(JsonMapper.shared().readTree(over), 0)).doesNotContain("so far");
    }

    @Test
    void whoWasDroppedIsShownWithTheReason() {
        String text = RolloutText.of(JsonMapper.shared().readTree("""
                {"id": "r1", "spec": {"route": "fraud", "strategy": "experiment"},
                 "status": {"phase": "settle", "step": 1, "steps": 1,
                  "arms": [{"arm": "stable", "weight": 8000, "requests": 90, "failed": 1, "dropped": false},
                   {"arm": "fraud-8", "version": "fraud@8", "dropped": true, "why": "not-loadable: no such file"}]}}"""), 0);
        assertThat(text.lines().filter(line -> line.contains("dropped")))
                .singleElement()
                .asString()
                .isEqualTo("  fraud-8 was dropped: not-loadable: no such file");
    }

    @Test
    void allCandidatesAreListed() {
        String table = RolloutText.table(JsonMapper.shared().readTree("""
                {"rollouts": [{"id": "r1", "spec": {"route": "fraud", "candidates": [
                 {"arm": "a", "version": "fraud@8"}, {"arm": "b", "version": "fraud@9"}]}, "status": {}}]}"""));
        assertThat(table).contains("fraud@8, fraud@9");
    }

    @Test
    void aDryRunShowsTheSteps() {
        assertThat(RolloutText.plan(JsonMapper.shared().readTree("""
                        {"spec": {"route": "fraud", "strategy": "canary", "candidates": [{"arm": "a", "version": "fraud@8"}],
                          "steps": [{"weight": "0%", "shadow": "100%", "minDuration": "10m", "require": "notWorse"},
                           {"weight": "50%", "minDuration": "30m", "maxDuration": "4h", "require": "proven", "approve": true}]},
                         "status": {"steps": 2, "arms": [{"arm": "stable", "version": "fraud@7", "weight": 10000}]}}"""))).isEqualTo("""
                        dry run, nothing is started: a rollout of fraud@8 on route fraud (canary) in 2 steps

                        ARM     VERSION  WEIGHT                        REQUESTS  FAILED
                        stable  fraud@7  100.0%  ####################  0         0

                        STEP  WEIGHT  COPIES  AT LEAST  AT MOST  REQUIRES
                        1     0%      100%    10m       -        notWorse
                        2     50%     -       30m       4h       proven, approval
                        """);
    }

    @Test
    void anEventIsALineWithoutWhatIsSaidTwice() {
        assertThat(RolloutText.line(JsonMapper.shared().readTree("""
                        {"seq": 2, "at": "2026-11-23T00:51:21.445398115Z", "kind": "step", "phase": "settle", "reason": "step",
                         "detail": "step 1 of 2: 10%"}""")))
                .isEqualTo("  2  2026-11-23T00:51:21Z  step           settle         step 1 of 2: 10%");
        assertThat(RolloutText.line(JsonMapper.shared().readTree("""
                        {"seq": 3, "at": "2026-11-23T00:51:24Z", "kind": "settled", "phase": "analyse", "reason": "settled",
                         "actor": "ann"}""")))
                .isEqualTo("  3  2026-11-23T00:51:24Z  settled        analyse         (by ann)");
        assertThat(RolloutText.line(JsonMapper.shared().readTree("""
                        {"seq": 12, "at": "2026-11-23T00:51:24Z", "kind": "held", "phase": "hold", "reason": "sample-ratio",
                         "detail": "more"}""")))
                .isEqualTo(" 12  2026-11-23T00:51:24Z  held           hold           sample-ratio: more");
    }

    @Test
    void whatAPersonOverridesIsNamed() {
        assertThat(RolloutText.overridden(JsonMapper.shared().readTree("""
                {"metrics": [{"name": "errors", "state": "insufficient", "required": true},
                 {"name": "quality", "state": "fail", "required": false},
                 {"name": "latency-p99", "state": "pass", "required": true},
                 {"name": "prediction-drift", "state": "insufficient", "required": false}]}""")))
                .isEqualTo("\npromoted without proof of: errors (insufficient), quality (fail)\n");
    }

    private static int index(List<String> lines, String start) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(start)) {
                return i;
            }
        }
        throw new AssertionError(start + " begins none of " + lines);
    }
}
