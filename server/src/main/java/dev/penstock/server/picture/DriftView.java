package dev.penstock.server.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// What pictures show of an answer of `GET …/drift`. Immutable.
///
/// @param from when the window began, "?" if there is none
/// @param features those that drifted most first
/// @param vectors as wholes, likewise
record DriftView(
        String model,
        long version,
        String window,
        String from,
        String to,
        Status status,
        String phase,
        String note,
        long rows,
        String baseline,
        long baselineRows,
        List<FeatureView> features,
        List<VectorView> vectors,
        EvidenceView evidence) {

    /// What is said of a version or a feature, the worst last.
    enum Status {
        INSUFFICIENT(Ink.INSUFFICIENT, "too little is known to say whether it has drifted"),
        OK(Ink.OK, "nothing has changed that matters"),
        NOTICE(Ink.NOTICE, "something has changed, too little to matter, or one input of many"),
        WARNING(Ink.WARNING, "it has drifted"),
        CRITICAL(Ink.CRITICAL, "it has drifted far");

        private final Ink ink;
        private final String meaning;

        Status(Ink ink, String meaning) {
            this.ink = ink;
            this.meaning = meaning;
        }

        static Status of(String text) {
            for (Status one : values()) {
                if (one.text().equals(text)) {
                    return one;
                }
            }
            return INSUFFICIENT;
        }

        Ink ink() {
            return ink;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        String meaning() {
            return meaning;
        }
    }

    DriftView {
        features = List.copyOf(features);
        vectors = List.copyOf(vectors);
    }

    /// Reads what the server says; what is missing is empty.
    static DriftView of(JsonNode drift) {
        List<FeatureView> features = new ArrayList<>();
        for (JsonNode feature : drift.path("features")) {
            features.add(FeatureView.of(feature));
        }
        features.sort(Comparator.comparing(FeatureView::status).reversed());
        JsonNode baseline = drift.path("baseline");
        return new DriftView(
                drift.path("model").asString(""),
                drift.path("version").asLong(0),
                drift.path("window").asString(""),
                drift.path("from").asString("?"),
                drift.path("to").asString("?"),
                Status.of(drift.path("status").asString("")),
                drift.path("phase").asString(""),
                drift.path("note").asString(""),
                drift.path("n").asLong(0),
                baseline.path("id").asString(""),
                baseline.path("rows").asLong(0),
                features,
                VectorView.all(drift.path("vectors")),
                EvidenceView.of(drift.path("evidence")));
    }

    String title() {
        return "Drift of %s version %d".formatted(model, version);
    }

    /// What it comes to, in a sentence.
    String verdict() {
        String text = status.text();
        String sentence =
                text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ": " + status.meaning() + ".";
        if (!note.isEmpty()) {
            return sentence + " Note: " + note + ".";
        }
        return features.isEmpty() && !phase.isEmpty() ? sentence + " It is " + phase + "." : sentence;
    }

    /// What was held against what.
    String basis() {
        String against = baseline.isEmpty()
                ? "a baseline to come"
                : String.format(Locale.ROOT, "%,d of baseline %s", baselineRows, baseline);
        return String.format(Locale.ROOT, "Last %s, %s to %s: %,d rows against %s.", window, from, to, rows, against);
    }
}
