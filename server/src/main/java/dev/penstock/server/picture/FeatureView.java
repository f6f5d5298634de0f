package dev.penstock.server.picture;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What pictures show of one feature. Immutable.
///
/// @param values that were counted in the window
/// @param psi NaN if it cannot be said, as are the others
/// @param why of what there is more than usual, if that makes the status what it is; else ""
record FeatureView(
        String name,
        DriftView.Status status,
        long values,
        double psi,
        double pNoDrift,
        double ks,
        double wasserstein,
        String why,
        List<Bin> bins) {

    /// @param label the largest value in it, or a category
    /// @param usual share of the baseline's values, from 0 to 1
    /// @param now share of the window's
    record Bin(String label, double usual, double now) {}

    FeatureView {
        bins = List.copyOf(bins);
    }

    static FeatureView of(JsonNode feature) {
        double usual = sum(feature.path("bins"), "baseline");
        double now = sum(feature.path("bins"), "window");
        List<Bin> bins = new ArrayList<>();
        for (JsonNode bin : feature.path("bins")) {
            bins.add(new Bin(bin.path("label").asString(""), share(bin, "baseline", usual), share(bin, "window", now)));
        }
        return new FeatureView(
                feature.path("name").asString(""),
                DriftView.Status.of(feature.path("status").asString("")),
                feature.path("n").asLong(0),
                Figures.number(feature.path("psi")),
                Figures.number(feature.path("pNoDrift")),
                Figures.number(feature.path("ks")),
                Figures.number(feature.path("wassersteinNorm")),
                why(feature.path("reasons")),
                bins);
    }

    private static String why(JsonNode reasons) {
        StringBuilder why = new StringBuilder();
        for (JsonNode reason : reasons) {
            why.append(Figures.percent(reason.path("window").asDouble(0)))
                    .append(' ')
                    .append(reason.path("kind").asString(""))
                    .append(" (usually ")
                    .append(Figures.percent(reason.path("baseline").asDouble(0)))
                    .append("), ");
        }
        return why.toString();
    }

    /// Its numbers, in a line; what makes the status what it is comes first.
    String figures() {
        return why
                + "%d values, PSI %s, p %s, KS %s, distance %s sd"
                        .formatted(
                                values,
                                Figures.short3(psi),
                                Figures.short3(pNoDrift),
                                Figures.short3(ks),
                                Figures.short3(wasserstein));
    }

    private static double sum(JsonNode bins, String of) {
        double sum = 0;
        for (JsonNode bin : bins) {
            sum += bin.path(of).asDouble(0);
        }
        return sum;
    }

    private static double share(JsonNode bin, String of, double all) {
        return all == 0 ? 0 : bin.path(of).asDouble(0) / all;
    }
}
