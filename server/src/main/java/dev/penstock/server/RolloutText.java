package dev.penstock.server;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Rollouts as text for people. Pure.
final class RolloutText {
    /// How wide bars are where there is room.
    static final int BAR = 20;

    private RolloutText() {}

    /// All of them.
    static String table(JsonNode all) {
        if (all.path("rollouts").isEmpty()) {
            return "no rollouts\n";
        }
        TextTable table = TextTable.withHeader("ID", "ROUTE", "CANDIDATE", "PHASE", "STEP", "WHY");
        for (JsonNode one : all.path("rollouts")) {
            JsonNode status = one.path("status");
            table.add(
                    one.path("id").asString(""),
                    one.path("spec").path("route").asString(""),
                    candidates(one),
                    status.path("phase").asString(""),
                    status.path("step").asInt() + "/" + status.path("steps").asInt(),
                    why(status));
        }
        return table.toString();
    }

    private static String candidates(JsonNode rollout) {
        List<String> all = new ArrayList<>();
        rollout.path("spec")
                .path("candidates")
                .forEach(each -> all.add(each.path("version").asString("")));
        return String.join(", ", all);
    }

    /// One that was not started.
    static String plan(JsonNode rollout) {
        JsonNode spec = rollout.path("spec");
        JsonNode status = rollout.path("status");
        return "dry run, nothing is started: a rollout of %s on route %s (%s) in %d steps%n%n%s"
                .formatted(
                        candidates(rollout),
                        spec.path("route").asString(""),
                        spec.path("strategy").asString(""),
                        status.path("steps").asInt(),
                        arms(status, BAR) + "\n" + steps(spec));
    }

    private static String steps(JsonNode spec) {
        TextTable table = TextTable.withHeader("STEP", "WEIGHT", "COPIES", "AT LEAST", "AT MOST", "REQUIRES");
        int number = 0;
        for (JsonNode step : spec.path("steps")) {
            table.add(
                    Integer.toString(++number),
                    step.path("weight").asString("-"),
                    step.path("shadow").asString("-"),
                    step.path("minDuration").asString("-"),
                    step.path("maxDuration").asString("-"),
                    step.path("require").asString("-") + (step.path("approve").asBoolean(false) ? ", approval" : ""));
        }
        return table.toString();
    }

    /// What a person has overridden, of what a step is to prove; "" if that is nothing.
    static String overridden(JsonNode status) {
        List<String> all = new ArrayList<>();
        for (JsonNode metric : metrics(status, false)) {
            String state = metric.path("state").asString("");
            boolean counts = state.equals("fail") || metric.path("required").asBoolean();
            if (counts && !state.equals("pass")) {
                all.add("%s (%s)".formatted(metric.path("name").asString(""), state));
            }
        }
        return all.isEmpty() ? "" : "%npromoted without proof of: %s%n".formatted(String.join(", ", all));
    }

    private static String why(JsonNode status) {
        String reason = status.path("reason").asString("");
        String detail = status.path("detail").asString("");
        return detail.isEmpty() ? reason : reason + ": " + detail;
    }

    /// One, with its evidence.
    ///
    /// @param nowMillis to say how long its phase lasts; 0 not to say that
    static String of(JsonNode rollout, long nowMillis) {
        return of(rollout, nowMillis, BAR);
    }

    /// The same with bars of another width.
    static String of(JsonNode rollout, long nowMillis, int bar) {
        JsonNode status = rollout.path("status");
        JsonNode spec = rollout.path("spec");
        StringBuilder text = new StringBuilder();
        text.append("rollout %s of %s (%s)%n"
                .formatted(
                        rollout.path("id").asString(""),
                        spec.path("route").asString(""),
                        spec.path("strategy").asString("")));
        String since = nowMillis == 0 ? "" : ", for " + ago(status.path("since").asString(""), nowMillis);
        text.append("%s, step %d of %d%s%n"
                .formatted(
                        status.path("phase").asString(""),
                        status.path("step").asInt(),
                        status.path("steps").asInt(),
                        since));
        String why = why(status);
        if (!why.isEmpty()) {
            text.append("  ").append(why).append('\n');
        }
        String waits = status.path("waitsFor").asString("");
        if (!waits.isEmpty()) {
            text.append("  waits for ").append(waits).append('\n');
        }
        return text.append(OutcomeText.of(status))
                .append(toConfirm(status))
                .append(toApprove(rollout))
                .append('\n')
                .append(arms(status, bar))
                .append(metrics(status, bar))
                .append(reports(status))
                .toString();
    }

    /// What a person is to have seen before it goes on: which event was the last one, and what was found.
    private static String toConfirm(JsonNode status) {
        String phase = status.path("phase").asString("");
        if (!phase.equals("paused") && !phase.equals("hold")) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        status.path("toConfirm").forEach(each -> text.append("  to confirm: %s%n".formatted(finding(each))));
        if (status.path("awaitsApproval").asBoolean(false)) {
            return text.toString();
        }
        return text.append("  the last event is %1$d: resume --seen %1$d stops again for what comes after it%n"
                        .formatted(status.path("lastEvent").asLong()))
                .toString();
    }

    /// The command for which it waits; "" if it waits for no approval. With a line feed at its end.
    static String toApprove(JsonNode rollout) {
        JsonNode status = rollout.path("status");
        return status.path("awaitsApproval").asBoolean(false)
                ? "  to approve: penstock rollout approve %s --seen %d%n"
                        .formatted(
                                rollout.path("id").asString(""),
                                status.path("lastEvent").asLong())
                : "";
    }

    private static String finding(JsonNode finding) {
        return "event %d, %s of %s: %s"
                .formatted(
                        finding.path("seq").asLong(),
                        finding.path("reason").asString(""),
                        finding.path("arm").asString(""),
                        finding.path("detail").asString(""));
    }

    /// What a person has confirmed.
    static String confirmed(JsonNode answer) {
        if (answer.path("confirmed").isEmpty()) {
            return "\nnothing was confirmed\n";
        }
        StringBuilder text = new StringBuilder("\n");
        answer.path("confirmed").forEach(each -> text.append("confirmed: %s%n".formatted(finding(each))));
        return text.toString();
    }

    private static String ago(String instant, long nowMillis) {
        if (instant.isEmpty()) {
            return "?";
        }
        long seconds = Math.max(
                0,
                Duration.between(Instant.parse(instant), Instant.ofEpochMilli(nowMillis))
                        .toSeconds());
        return seconds >= 120 ? seconds / 60 + " min" : seconds + " s";
    }

    private static String arms(JsonNode status, int bar) {
        TextTable table = TextTable.withHeader("ARM", "VERSION", "WEIGHT", "", "REQUESTS", "FAILED");
        for (JsonNode arm : status.path("arms")) {
            int weight = arm.path("weight").asInt();
            table.add(
                    arm.path("arm").asString(""),
                    arm.path("version").asString("-"),
                    String.format(Locale.ROOT, "%.1f%%", weight / 100.0),
                    bar(weight / 10_000.0, bar),
                    Long.toString(arm.path("requests").asLong()),
                    Long.toString(arm.path("failed").asLong()));
        }
        StringBuilder dropped = new StringBuilder();
        for (JsonNode arm : status.path("arms")) {
            String why = arm.path("why").asString("");
            if (!why.isEmpty()) {
                dropped.append(
                        "  %s was dropped: %s%n".formatted(arm.path("arm").asString(""), why));
            }
        }
        return table.toString() + dropped;
    }

    private static String metrics(JsonNode status, int bar) {
        TextTable table =
                TextTable.withHeader("METRIC", "ARM", "SAYS", "AGAINST", "", "FOR", "", "ESTIMATE", "BECAUSE");
        List<JsonNode> decisive = metrics(status, false);
        for (JsonNode metric : decisive) {
            table.add(
                    metric.path("name").asString(""),
                    metric.path("arm").asString(""),
                    metric.path("state").asString(""),
                    bar(metric, "logE_rollback", "threshold", bar),
                    number(metric, "logE_rollback"),
                    bar(metric, "logE_promote", "promote_threshold", bar),
                    number(metric, "logE_promote"),
                    estimate(metric),
                    metric.path("detail").asString(""));
        }
        return decisive.isEmpty() ? "" : "\n" + table;
    }

    /// What decides nothing.
    private static String reports(JsonNode status) {
        TextTable table = TextTable.withHeader("REPORT", "ARM", "ESTIMATE", "FROM", "TO", "LOG E", "BECAUSE");
        List<JsonNode> reports = metrics(status, true);
        for (JsonNode report : reports) {
            table.add(
                    report.path("name").asString(""),
                    report.path("arm").asString(""),
                    exact(report.path("estimate")),
                    exact(report.path("ci").path(0)),
                    exact(report.path("ci").path(1)),
                    number(report, "logE_rollback"),
                    report.path("detail").asString(""));
        }
        return reports.isEmpty() ? "" : "\n" + table;
    }

    private static List<JsonNode> metrics(JsonNode status, boolean reports) {
        List<JsonNode> some = new ArrayList<>();
        for (JsonNode metric : status.path("metrics")) {
            if (metric.path("state").asString("").equals("report") == reports) {
                some.add(metric);
            }
        }
        return some;
    }

    private static String exact(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.4f", value.asDouble()) : "-";
    }

    /// How far evidence is on its way to its threshold. What is judged by bounds has none: an empty bar would
    /// say that nothing speaks against it.
    private static String bar(JsonNode metric, String evidence, String threshold, int width) {
        return metric.has(evidence)
                ? bar(
                        metric.path(evidence).asDouble()
                                / Math.max(1e-9, metric.path(threshold).asDouble()),
                        width)
                : "";
    }

    /// With its bounds, as far as there are any.
    private static String estimate(JsonNode metric) {
        String value = exact(metric.path("estimate"));
        JsonNode bounds = metric.path("ci");
        return bounds.isEmpty() ? value : value + " (" + exact(bounds.path(0)) + " to " + exact(bounds.path(1)) + ")";
    }

    private static String number(JsonNode metric, String name) {
        return metric.has(name)
                ? String.format(Locale.ROOT, "%.1f", metric.path(name).asDouble())
                : "-";
    }

    /// @param part 0 to 1; what is beyond is not drawn
    private static String bar(double part, int width) {
        int full = (int) Math.round(width * Math.clamp(part, 0, 1));
        return "#".repeat(full) + ".".repeat(width - full);
    }

    /// One event, its number first.
    static String line(JsonNode event) {
        String actor = event.path("actor").asString("");
        String kind = event.path("kind").asString("");
        String why = why(event);
        return "%3d  %s  %-14s %-14s %s%s"
                .formatted(
                        event.path("seq").asLong(),
                        second(event.path("at").asString("")),
                        kind,
                        event.path("phase").asString(""),
                        // Often it says no more than what happened.
                        why.equals(kind) ? "" : why.startsWith(kind + ": ") ? why.substring(kind.length() + 2) : why,
                        actor.isEmpty() ? "" : " (by " + actor + ")")
                .stripTrailing();
    }

    /// An instant without what is smaller.
    private static String second(String instant) {
        return instant.replaceFirst("[.][0-9]+Z", "Z");
    }
}
