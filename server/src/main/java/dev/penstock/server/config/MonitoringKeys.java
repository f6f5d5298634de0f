package dev.penstock.server.config;

import static dev.penstock.server.config.ValueKinds.choice;
import static dev.penstock.server.config.ValueKinds.integer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What models are watched by, and who is told. In the order in which people are shown them.
final class MonitoringKeys {
    static final KeyGroup GROUP = new KeyGroup();

    static final Key<Boolean> MONITORING_OUTPUTS = GROUP.key(
            "monitoring.outputs",
            ValueKinds.BOOL,
            "true",
            "Count what models answer: classes, scores and values. Nothing of a single answer is kept.");

    static final Key<Long> MONITORING_MAX_BYTES = GROUP.bytes(
            "monitoring.max-bytes",
            "64MiB",
            "Memory for what is counted and learnt of all models, for baselines and for labels; a model that finds no room"
                    + " serves without.");

    static final Key<Duration> MONITORING_WINDOW = GROUP.time(
            "monitoring.window", "3600s", "How much of the last time is held against what is usual, from 5m to 24h.");

    static final Key<Duration> MONITORING_EVALUATE_EVERY =
            GROUP.time("monitoring.evaluate-every", "60s", "How often that is done.");

    static final Key<Integer> MONITORING_BASELINE_ROWS = GROUP.key(
            "monitoring.baseline-rows",
            integer("N", 1, 1_000_000_000),
            "10000",
            "Answered rows that are taken for usual where nobody says what is.");

    static final Key<Integer> MONITORING_MIN_SAMPLES = GROUP.key(
            "monitoring.min-samples",
            integer("N", 1, 1_000_000_000),
            "500",
            "Values of a window, and of what is usual, below which nothing is said of them.");

    static final Key<Double> MONITORING_CPU_BUDGET = GROUP.key(
            "monitoring.cpu-budget",
            Percent.POSITIVE,
            "1%",
            "Of all processors, for counting what models answer; where it takes more, not every row is counted.");

    static final Key<Integer> SHADOW_MAX_COPIES = GROUP.key(
            "shadow.max-copies",
            integer("N", 1, 10_000_000),
            "2048",
            "Copies of requests that may wait for shadow arms, of all routes together; from four fifths on no more are made, an eighth of that while others want the processor.");

    static final Key<Long> SHADOW_MAX_BYTES =
            GROUP.bytes("shadow.max-bytes", "64MiB", "The same, of the memory that they take.");

    static final Key<Duration> SHADOW_MAX_AGE = GROUP.time(
            "shadow.max-age",
            "5s",
            "How long after its request a copy may wait for its shadow; after that it is dropped.");

    static final Key<Double> SHADOW_CPU_BUDGET = GROUP.key(
            "shadow.cpu-budget",
            Percent.POSITIVE,
            "50%",
            "Of one processor, for what shadow arms answer, where callers leave as much.");

    static final Key<Boolean> FEEDBACK_TOKENS = GROUP.key(
            "feedback.tokens",
            ValueKinds.BOOL,
            "false",
            "Give answers tokens, by which callers may say later how good they were, unless a model's configuration says"
                    + " otherwise, or no label can be held against what it answers. Such answers take the"
                    + " general path.");

    static final Key<Optional<Path>> FEEDBACK_KEY_FILE = GROUP.file(
            "feedback.key-file",
            "File with the keys of tokens, which servers share: lines of a number and 32 random bytes in base64, the first"
                    + " signs, all are believed; none has one made in the data folder, or in memory.");

    static final Key<Integer> FEEDBACK_MAX_LABEL_DAYS = GROUP.key(
            "feedback.max-label-days",
            integer("N", 1, 365),
            "30",
            "How many days after an answer something may be said of it.");

    static final Key<Integer> FEEDBACK_BASELINE_LABELS = GROUP.key(
            "feedback.baseline-labels",
            integer("N", 1, 100_000_000),
            "1000",
            "First labels of a version, which say how good it is usually and what its scores mean.");

    static final Key<List<AlertsConfig.Receiver>> ALERTS_RECEIVERS = GROUP.key(
            "alerts.receivers",
            ValueKind.listOf(AlertTexts.RECEIVER),
            "",
            "Who is told of alerts, each as 'NAME FORM URL', FORM being webhook, webhook-binary or alertmanager.");

    static final Key<List<AlertsConfig.Rule>> ALERTS_RULES = GROUP.key(
            "alerts.rules",
            ValueKind.listOf(AlertTexts.RULE),
            "",
            "What goes where, each as 'LEVEL MODEL RECEIVER', LEVEL being warning, critical or retraining, and * in MODEL any text;"
                    + " without one all receivers are told of all alerts.");

    static final Key<List<String>> ALERTS_ALLOWED_HOSTS = GROUP.hosts(
            "alerts.allowed-hosts", "Hosts that receivers of alerts may be on: host, host:port or *.suffix.");

    static final Key<Optional<Path>> ALERTS_SECRETS_FOLDER = GROUP.folder(
            "alerts.secrets-folder",
            "Folder with the secrets that webhooks are signed with, a file for each receiver, named like it, and with"
                    + " what receivers know the server by, in RECEIVER.credentials.");

    static final Key<Duration> ALERTS_RENOTIFY_EVERY = GROUP.time(
            "alerts.renotify-every", "3600s", "How often webhooks are told again of an alert that stays; 0s is never.");

    static final Key<Duration> ALERTS_COOLDOWN = GROUP.time(
            "alerts.cooldown",
            "0s",
            "How long after webhooks were told of an alert the next one like it, of the same version, waits.");

    static final Key<Duration> ALERTS_TIMEOUT =
            GROUP.time("alerts.timeout", "10s", "How long a receiver may take to answer.");

    static final Key<Duration> ALERTS_RETRY_FOR = GROUP.time(
            "alerts.retry-for", "3600s", "How long an event is tried again, later and later, before it is given up.");

    static final Key<Integer> ALERTS_QUEUE_SIZE = GROUP.key(
            "alerts.queue-size",
            integer("N", 1, 100_000),
            "256",
            "Events that may wait for one webhook; more are given up at once.");

    static final Key<List<AlertsConfig.Need>> ALERTS_RETRAINING_REQUIRES = GROUP.key(
            "alerts.retraining.requires",
            ValueKind.listOf(choice(AlertsConfig.Need.class)),
            "",
            "What must be wrong with a version at the same time, one of it critical, for it to be trained again; none is"
                    + " anything.");

    static final Key<Duration> ALERTS_RETRAINING_COOLDOWN = GROUP.time(
            "alerts.retraining.cooldown",
            "86400s",
            "How long after a model's training was asked for it is not asked for again.");

    static final Key<AlertsConfig.Approval> ALERTS_RETRAINING_APPROVAL = GROUP.key(
            "alerts.retraining.approval",
            choice(AlertsConfig.Approval.class),
            "manual",
            "manual: training is asked for once a person has approved it. none: at once.");

    private MonitoringKeys() {}
}
