package dev.penstock.server.store;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Where a version comes from, as far as whoever registered it said; "" is unknown.
///
/// @param gitCommit of the code that trained it
/// @param dataVersion of what it was trained on: a DVC revision, say
/// @param trainingRun an MLflow run, say
/// @param metrics what it reached when it was trained
/// @param labels anything else
public record Lineage(
        String gitCommit,
        String dataVersion,
        String trainingRun,
        String author,
        SortedMap<String, Double> metrics,
        SortedMap<String, String> labels) {
    public static final Lineage UNKNOWN = new Lineage("", "", "", "", new TreeMap<>(), new TreeMap<>());

    public Lineage {
        metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }
}
