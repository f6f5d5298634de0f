package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.drift.DriftRules;
import dev.penstock.monitor.drift.EvidenceReport;
import dev.penstock.monitor.recording.Cumulative;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is known of one version at one moment. Immutable.
///
/// @param phase what is done with its counts
/// @param total all that was counted by its plan; null before there is one
/// @param baseline what was usual, by the slots of the same plan; null if that is not known yet
/// @param baselineId "" without a baseline
/// @param baselineRows rows of it, or those that were seen of the one to come
/// @param rules by which it is judged
/// @param evaluations of the windows that are judged again and again
/// @param evidence what sub-windows say, one after another
/// @param unseen how many different values of categorical features were not known, by name
/// @param samplingShare of the rows that is recorded
/// @param bytes that counting takes
/// @param note why it, or something that was asked for, is not monitored; "" if all is
public record Watched(
        ModelKey key,
        Phase phase,
        @Nullable Cumulative total,
        @Nullable Cumulative baseline,
        String baselineId,
        long baselineRows,
        DriftRules rules,
        List<Evaluation> evaluations,
        EvidenceReport evidence,
        Map<String, Long> unseen,
        double samplingShare,
        long bytes,
        String note) {
    /// What is done with a version's counts.
    public enum Phase {
        /// There was no row yet.
        WAITING,
        /// The edges of its bins are being learnt.
        LEARNING,
        /// What is usual is being learnt.
        COLLECTING,
        /// Windows are held against what is usual.
        WATCHING
    }

    public Watched {
        evaluations = List.copyOf(evaluations);
        unseen = Map.copyOf(unseen);
    }

    /// The same held against something else for once: sub-windows were not.
    ///
    /// @throws ServingException if the version counts a feature otherwise, or none that is in the baseline
    public Watched against(Baseline other) {
        return new Watched(
                key,
                phase,
                total,
                total == null ? null : HeldForOnce.usual(key, total.plan(), other),
                other.id(),
                other.rows(),
                rules,
                evaluations,
                EvidenceReport.NONE,
                unseen,
                samplingShare,
                bytes,
                note);
    }
}
