package dev.penstock.server.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What is shown of vectors as wholes. What cannot be said is NaN. Immutable.
///
/// @param mmd squared, less what chance adds
/// @param p how likely that is if nothing drifted
/// @param shift of the middle, in standard deviations
record VectorView(String name, DriftView.Status status, long vectors, double mmd, double p, double shift) {
    /// @param vectors of the answer; the worst first
    static List<VectorView> all(JsonNode vectors) {
        List<VectorView> all = new ArrayList<>();
        for (JsonNode vector : vectors) {
            all.add(new VectorView(
                    vector.path("name").asString(""),
                    DriftView.Status.of(vector.path("status").asString("")),
                    vector.path("n").asLong(0),
                    Figures.number(vector.path("mmd2")),
                    Figures.number(vector.path("mmdP")),
                    Figures.number(vector.path("centroidShift"))));
        }
        all.sort(Comparator.comparing(VectorView::status).reversed());
        return List.copyOf(all);
    }
}
