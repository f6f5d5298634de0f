package dev.penstock.server.rest;

import dev.penstock.monitor.drift.Distribution;
import dev.penstock.monitor.drift.DriftReport;
import dev.penstock.monitor.drift.FeatureDrift;
import dev.penstock.monitor.drift.MeanComparison;
import dev.penstock.monitor.drift.ShareChange;
import dev.penstock.monitor.recording.Categories;
import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.Window;
import dev.penstock.server.monitoring.Baseline;
import dev.penstock.server.monitoring.Evaluation;
import dev.penstock.server.monitoring.ReplicaRows;
import dev.penstock.server.monitoring.Watched;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/// Writes what is known of drift. What cannot be said is null; shares and p-values are from 0 to 1. Pure.
final class DriftJson {
    private DriftJson() {}

    static void write(JsonGenerator json, Watched version, Evaluation evaluation) {
        json.writeStartObject()
                .writeStringProperty("model", version.key().name())
                .writeNumberProperty("version", version.key().version())
                .writeStringProperty("window", evaluation.text());
        Window window = evaluation.window();
        if (window != null) {
            json.writeStringProperty("from", instant(window.fromMillis()))
                    .writeStringProperty("to", instant(window.toMillis()));
        }
        json.writeStringProperty("status", lower(evaluation.status()))
                .writeStringProperty("phase", lower(version.phase()))
                .writeStringProperty("note", version.note());
        json.writeObjectPropertyStart("baseline")
                .writeStringProperty("id", version.baselineId())
                .writeNumberProperty("rows", version.baselineRows())
                .writeEndObject();
        json.writeNumberProperty("n", evaluation.rows())
                .writeNumberProperty(
                        "seen", window == null ? 0 : window.counts().seen())
                .writeNumberProperty("sampling", version.samplingShare());
        replicas(json, evaluation.replicas());
        DriftReport report = evaluation.report();
        number(json, "share", report == null ? Double.NaN : report.share());
        json.writeArrayPropertyStart("features");
        for (FeatureDrift feature : report == null ? List.<FeatureDrift>of() : report.features()) {
            write(json, feature, version.unseen().getOrDefault(feature.name(), 0L));
        }
        json.writeEndArray();
        VectorJson.write(json, report == null ? List.of() : report.vectors());
        EvidenceJson.write(json, version.evidence());
        json.writeEndObject();
    }

    private static void replicas(JsonGenerator json, List<ReplicaRows> replicas) {
        json.writeArrayPropertyStart("replicas");
        for (ReplicaRows one : replicas) {
            json.writeStartObject()
                    .writeStringProperty("id", one.server())
                    .writeStringProperty("epoch", instant(one.epochMillis()))
                    .writeNumberProperty("n", one.rows())
                    .writeNumberProperty(
                            "lag", Duration.ofMillis(one.lagMillis()).toSeconds())
                    .writeEndObject();
        }
        json.writeEndArray();
    }

    /// @param unseen how many different values were not known
    private static void write(JsonGenerator json, FeatureDrift feature, long unseen) {
        Distribution said = feature.distribution();
        boolean numeric = feature.feature() instanceof Feature.Numeric;
        json.writeStartObject()
                .writeStringProperty("name", feature.name())
                .writeStringProperty("kind", numeric ? "numeric" : "categorical")
                .writeBooleanProperty("output", feature.feature().output())
                .writeNumberProperty("n", feature.count())
                .writeNumberProperty("baselineN", feature.baselineCount())
                .writeStringProperty("status", lower(feature.status()));
        number(json, "psi", said.psi());
        number(json, "psiCorrected", said.psiCorrected());
        number(json, "pNoDrift", said.pNoDrift());
        number(json, "pAdjusted", said.pAdjusted());
        number(json, "pMaterial", said.pWarn());
        number(json, "pCritical", said.pCritical());
        number(json, "ks", said.ks());
        number(json, "ksP", said.pKs());
        number(json, "js2", said.jensenShannon());
        number(json, "hellinger", said.hellinger());
        number(json, "tvd", said.totalVariation());
        number(json, "wassersteinNorm", said.wasserstein());
        number(json, "chi2", said.chiSquare());
        number(json, "chi2P", said.pChiSquare());
        number(json, "cramersV", said.cramersV());
        MeanComparison means = feature.means();
        number(json, "mean", means.window());
        number(json, "sd", means.windowDeviation());
        number(json, "baselineMean", means.baseline());
        number(json, "baselineSd", means.baselineDeviation());
        number(json, "welchT", means.t());
        number(json, "welchP", means.p());
        for (ShareChange.Kind kind : ShareChange.Kind.values()) {
            number(json, kind.text(), share(feature, kind));
        }
        json.writeNumberProperty("unseenDistinct", unseen);
        json.writeArrayPropertyStart("reasons");
        for (ShareChange reason : feature.reasons()) {
            json.writeStartObject()
                    .writeStringProperty("kind", reason.kind().text())
                    .writeNumberProperty("baseline", reason.baseline())
                    .writeNumberProperty("window", reason.window())
                    .writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("bins");
        for (int i = 0; i < feature.bins().size(); i++) {
            json.writeStartObject().writeStringProperty("label", label(feature.feature(), i));
            json.writeNumberProperty("baseline", feature.bins().baseline(i))
                    .writeNumberProperty("window", feature.bins().window(i))
                    .writeEndObject();
        }
        json.writeEndArray().writeEndObject();
    }

    private static double share(FeatureDrift feature, ShareChange.Kind kind) {
        for (ShareChange share : feature.shares()) {
            if (share.kind() == kind) {
                return share.window();
            }
        }
        return Double.NaN;
    }

    /// Of numbers what a bin has at most, of categories their names.
    private static String label(Feature feature, int bin) {
        return switch (feature) {
            case Feature.Numeric f -> edge(f.edges(), bin);
            case Feature.Categorical f -> category(f.categories(), bin);
        };
    }

    private static String edge(Edges edges, int bin) {
        return bin == edges.count() ? "+Inf" : Double.toString(edges.edge(bin));
    }

    private static String category(Categories categories, int bin) {
        return bin == 0 ? "__other__" : categories.kept().get(bin - 1).name();
    }

    /// What it is of, without its counts.
    static void write(JsonGenerator json, Baseline baseline) {
        json.writeStartObject()
                .writeStringProperty("id", baseline.id())
                .writeStringProperty("model", baseline.model())
                .writeStringProperty("origin", lower(baseline.origin()))
                .writeStringProperty("created", instant(baseline.createdMillis()))
                .writeNumberProperty("rows", baseline.rows())
                .writeArrayPropertyStart("features");
        baseline.names().forEach(json::writeString);
        json.writeEndArray().writeEndObject();
    }

    static void number(JsonGenerator json, String name, double value) {
        if (Double.isFinite(value)) {
            json.writeNumberProperty(name, value);
        } else {
            json.writeNullProperty(name);
        }
    }

    static String instant(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
