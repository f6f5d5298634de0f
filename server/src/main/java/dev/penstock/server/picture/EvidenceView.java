package dev.penstock.server.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What is shown of sub-windows together. Immutable.
///
/// @param subWindows how many there were
/// @param features those with the most evidence first, at most [#MOST]
/// @param left how many others there are
record EvidenceView(DriftView.Status status, long subWindows, List<Line> features, int left) {
    static final int MOST = 20;

    /// Of one feature. What cannot be said is NaN.
    ///
    /// @param part of what is enough for an alarm
    /// @param values since the evidence began to grow
    /// @param psi of those
    /// @param moving how its mean moved, in standard deviations; NaN if it does not
    record Line(String name, DriftView.Status status, double part, long values, double psi, double moving) {
        private static Line of(JsonNode feature) {
            double moving = feature.path("meanShifting").asBoolean(false)
                    ? Figures.number(feature.path("meanShift"))
                    : Double.NaN;
            double part = Figures.number(feature.path("logE")) / Figures.number(feature.path("alarmAt"));
            return new Line(
                    feature.path("name").asString(""),
                    DriftView.Status.of(feature.path("status").asString("")),
                    Double.isNaN(part) ? 0 : Math.max(0, part),
                    feature.path("n").asLong(0),
                    Figures.number(feature.path("psi")),
                    moving);
        }
    }

    EvidenceView {
        features = List.copyOf(features);
    }

    static EvidenceView of(JsonNode evidence) {
        List<Line> all = new ArrayList<>();
        for (JsonNode feature : evidence.path("features")) {
            all.add(Line.of(feature));
        }
        all.sort(Comparator.comparingDouble(Line::part).reversed());
        int shown = Math.min(MOST, all.size());
        return new EvidenceView(
                DriftView.Status.of(evidence.path("status").asString("")),
                evidence.path("subWindows").asLong(0),
                all.subList(0, shown),
                all.size() - shown);
    }
}
