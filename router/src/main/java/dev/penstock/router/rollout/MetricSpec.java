package dev.penstock.router.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.router.arms.RewardRange;
import dev.penstock.router.evidence.QuantileTest;
import java.net.URI;
import java.time.Duration;

/// What candidates are compared by, with the margins within which they count as equal. What the margins mean is
/// in docs/rollouts.md.
public sealed interface MetricSpec {
    /// Nobody means more by a margin, and numbers are exact up to there.
    double MOST_RATIO = 1000;

    /// Tells the metrics of one rollout apart.
    String name();

    /// Whether `proven` needs it.
    boolean required();

    /// How much of the rollout's alpha it gets, compared with the other metrics that are watched
    /// ([dev.penstock.router.evidence.ErrorBudget]).
    double share();

    /// Requests that fail, by the arm's fault.
    ///
    /// @param rollbackRatio the candidate is rolled back when it is proven to fail more often than the
    ///     default arm by more than this ratio
    /// @param promoteRatio it is proven good when it does not fail more often by this ratio
    /// @param promoteAbsolute or by this difference of shares
    record Errors(double rollbackRatio, double promoteRatio, double promoteAbsolute, boolean required)
            implements MetricSpec {
        public static final Errors STANDARD = new Errors(1.25, 1.5, 0.001, true);

        public Errors {
            checkRatios(rollbackRatio, promoteRatio);
            Rules.check(
                    promoteAbsolute >= 0 && promoteAbsolute < 1,
                    "promoteAbsolute",
                    promoteAbsolute,
                    "0% to below 100%");
        }

        @Override
        public String name() {
            return "errors";
        }

        @Override
        public double share() {
            return 0.4;
        }
    }

    /// How long answers take at a quantile.
    record Latency(double quantile, double rollbackRatio, double promoteRatio, boolean required) implements MetricSpec {
        public static final Latency P50 = new Latency(0.5, 1.19, 1.41, true);
        public static final Latency P99 = new Latency(0.99, 1.19, 1.41, true);

        public Latency {
            Rules.check(quantile > 0 && quantile < 1, "quantile", quantile, "between 0 and 1");
            checkRatios(rollbackRatio, promoteRatio);
        }

        /// What is held against nobody, in buckets: at least what the ratio allows.
        int rollbackShift() {
            return QuantileTest.shiftAtLeast(Math.min(rollbackRatio, MOST_RATIO));
        }

        /// What is proven, in buckets: at most what the ratio allows.
        int promoteShift() {
            return QuantileTest.shiftAtMost(Math.min(promoteRatio, MOST_RATIO));
        }

        @Override
        public String name() {
            double percent = Math.round(quantile * 100_000) / 1000.0;
            return "latency-p" + (percent == Math.rint(percent) ? Long.toString((long) percent) : "" + percent);
        }

        @Override
        public double share() {
            return quantile > 0.9 ? 0.2 : 0.1;
        }
    }

    /// What is answered: how the classes or scores of the answers are distributed.
    ///
    /// @param critical population stability index from which on the difference matters
    record PredictionDrift(double critical, boolean required) implements MetricSpec {
        public static final PredictionDrift STANDARD = new PredictionDrift(0.25, false);

        public PredictionDrift {
            Rules.check(critical > 0, "critical", critical, "> 0");
        }

        @Override
        public String name() {
            return "prediction-drift";
        }

        @Override
        public double share() {
            return 0.1;
        }
    }

    /// How often the candidate answers a copy of a request otherwise than the default arm answered the request.
    ///
    /// @param max share of different answers that is allowed
    /// @param tolerance by which numbers may differ that are no classes, of numbers beyond 1 as a part of
    ///     them: no two models say the same to the last bit
    record Disagreement(double max, double tolerance, boolean required) implements MetricSpec {
        public static final Disagreement STANDARD = new Disagreement(0.02, 0.02, true);

        public Disagreement {
            Rules.check(
                    tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY, "tolerance", tolerance, "a number >= 0");
            Rules.check(max > 0 && max < 1, "max", max, "above 0%, below 100%");
        }

        @Override
        public String name() {
            return "disagreement";
        }

        @Override
        public double share() {
            return 0.2;
        }
    }

    /// How long the candidate's runs of copies take, beside the default arm's of the same rows.
    ///
    /// @param maxRatio how many times as long they may be, on (geometric) average
    record CopyLatency(double maxRatio, boolean required) implements MetricSpec {
        public static final CopyLatency STANDARD = new CopyLatency(2, false);
        static final String NAME = "copy-latency";

        /// Runs beyond [dev.penstock.router.shadow.RunRatio#MOST] count as that.
        private static final double MOST = 32;

        public CopyLatency {
            Rules.check(maxRatio >= 1 && maxRatio <= MOST, "maxRatio", maxRatio, "1 to 32");
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public double share() {
            return 0.1;
        }
    }

    /// What feedback says of answers; more is better. It needs at least 32 of the 64 random groups of units
    /// to have told something of each arm.
    ///
    /// @param labels the share of right answers, by labels; else the mean of rewards
    /// @param margin by which the candidate's mean may be lower
    /// @param range that each reward counts in
    /// @param minLift by which the candidate's mean has to be higher to be called better
    /// @param stopWhenBetter whether an experiment or a bandit ends as soon as one is
    record Feedback(
            boolean labels, double margin, RewardRange range, boolean required, double minLift, boolean stopWhenBetter)
            implements MetricSpec {
        public Feedback(boolean labels, double margin, boolean required) {
            this(labels, margin, RewardRange.UNBOUNDED, required, 0, false);
        }

        public Feedback {
            Rules.check(margin >= 0, "margin", margin, ">= 0");
            Rules.check(minLift >= 0 && minLift < Double.POSITIVE_INFINITY, "minLift", minLift, "a number >= 0");
        }

        @Override
        public String name() {
            return labels ? "quality" : "reward";
        }

        @Override
        public double share() {
            return 0.2;
        }
    }

    /// What somebody else says: a Prometheus, or whoever answers a webhook. It has no part of alpha, as nothing
    /// is known of how often it is wrong.
    ///
    /// @param query in PromQL; empty for a webhook
    /// @param condition on its result, such as `result < 0.5`; empty for a webhook
    /// @param interval between two questions
    /// @param failureLimit answers against the candidate, one after the other, that roll it back
    record Gate(
            String name, URI uri, String query, String condition, Duration interval, int failureLimit, boolean required)
            implements MetricSpec {
        public Gate {
            Rules.check(!name.isEmpty(), "name", "''", "a name");
            Rules.check(
                    "http".equals(uri.getScheme()) || "https".equals(uri.getScheme()),
                    "address",
                    uri,
                    "an address that begins with http:// or https://");
            Rules.check(
                    !name.equals(MetricReading.COPIES), "name", name, "another name: copies that fail have this one");
            Rules.together(
                    query.isEmpty() == condition.isEmpty(),
                    FieldPath.of("successCondition"),
                    "'" + condition + "'",
                    "one beside a query, such as result < 0.5");
            Rules.check(interval.compareTo(Duration.ofSeconds(1)) >= 0, "interval", interval, ">= 1s");
            Rules.check(failureLimit >= 1, "failureLimit", failureLimit, ">= 1");
        }

        public boolean isWebhook() {
            return query.isEmpty();
        }

        @Override
        public double share() {
            return 0;
        }
    }

    private static void checkRatios(double rollback, double promote) {
        Rules.check(rollback >= 1, "rollbackRatio", rollback, ">= 1");
        Rules.check(promote > 1, "promoteRatio", promote, "> 1");
    }
}
