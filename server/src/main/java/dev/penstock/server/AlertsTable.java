package dev.penstock.server;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// What a person reads in a terminal of alerts. Pure.
final class AlertsTable {
    private static final int MOST_FEATURES = 4;

    private AlertsTable() {}

    /// @param alerts what `/api/v1/alerts` says
    /// @param retraining what `/api/v1/retraining` says
    static String of(JsonNode alerts, JsonNode retraining) {
        return alerts(alerts) + receivers(alerts.path("receivers")) + retraining(retraining.path("requests"));
    }

    private static String alerts(JsonNode alerts) {
        if (alerts.path("active").isEmpty() && alerts.path("history").isEmpty()) {
            return "no alerts\n";
        }
        TextTable table =
                TextTable.withHeader("MODEL", "VERSION", "KIND", "SEVERITY", "RAISED", "CLEARED", "WHAT", "TOLD");
        for (String part : new String[] {"active", "history"}) {
            for (JsonNode alert : alerts.path(part)) {
                table.add(
                        text(alert, "model"),
                        text(alert, "version"),
                        text(alert, "kind"),
                        text(alert, "severity"),
                        seconds(text(alert, "raised")),
                        alert.has("cleared") ? seconds(text(alert, "cleared")) : "-",
                        features(alert.path("features")),
                        told(alert.path("deliveries")));
            }
        }
        return table.toString();
    }

    private static String receivers(JsonNode receivers) {
        if (receivers.isEmpty()) {
            return "\nnobody is told (see alerts.receivers in docs/configuration.md)\n";
        }
        TextTable table = TextTable.withHeader("RECEIVER", "FORM", "HOST", "WAITING", "ACCEPTED", "FAILED", "TROUBLE");
        for (JsonNode receiver : receivers) {
            table.add(
                    text(receiver, "name"),
                    text(receiver, "form"),
                    text(receiver, "host"),
                    text(receiver, "waiting"),
                    text(receiver.path("attempts"), "accepted"),
                    text(receiver.path("attempts"), "failed"),
                    text(receiver, "lastFailure").isEmpty() ? "-" : text(receiver, "lastFailure"));
        }
        return "\n" + table;
    }

    private static String retraining(JsonNode requests) {
        if (requests.isEmpty()) {
            return "";
        }
        TextTable table = TextTable.withHeader("RETRAINING", "MODEL", "VERSION", "STATE", "REQUESTED", "BY", "TOLD");
        for (JsonNode request : requests) {
            table.add(
                    text(request, "id"),
                    text(request, "model"),
                    text(request, "version"),
                    text(request, "state"),
                    seconds(text(request, "requested")),
                    text(request, "decidedBy").isEmpty() ? "-" : text(request, "decidedBy"),
                    told(request.path("deliveries")));
        }
        return "\n" + table;
    }

    /// @param request as it is now
    static String decided(JsonNode request) {
        return String.format(
                Locale.ROOT,
                "retraining of %s version %s: %s%n",
                text(request, "model"),
                text(request, "version"),
                text(request, "state"));
    }

    private static String features(JsonNode features) {
        String first = StreamSupport.stream(features.spliterator(), false)
                .limit(MOST_FEATURES)
                .map(feature -> feature.asString(""))
                .collect(Collectors.joining(", "));
        int more = features.size() - MOST_FEATURES;
        return more > 0 ? first + " and " + more + " more" : first;
    }

    private static String told(JsonNode deliveries) {
        String all = StreamSupport.stream(deliveries.spliterator(), false)
                .map(one -> text(one, "receiver") + " " + text(one, "state").replace('_', ' '))
                .collect(Collectors.joining(", "));
        return all.isEmpty() ? "-" : all;
    }

    /// Without what is below a second.
    private static String seconds(String instant) {
        return instant.replaceAll("\\.[0-9]+Z$", "Z");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}
