package dev.penstock.server.gate;

import dev.penstock.core.RowSharing;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;

/// Tells what was found when batches were tried out at loading: whether rows are answered alike alone and among
/// others, and how many at a time are worth it. Refuses only where batching is required.
final class BatchGate {
    static final String NAME = "batching";

    private BatchGate() {}

    static GateRecord judge(Candidate candidate) {
        RowSharing sharing = candidate.model().rowSharing();
        String remarks = String.join("; ", candidate.model().remarks());
        String found = remarks.isEmpty() ? "every request runs alone" : remarks;
        if (sharing == RowSharing.TOGETHER) {
            return new GateRecord(NAME, Verdict.PASSED, found);
        }
        return candidate.settings().batchingRequired()
                ? new GateRecord(NAME, Verdict.FAILED, "%s is required: %s".formatted(GateSettings.BATCHING, found))
                : new GateRecord(NAME, Verdict.SKIPPED, found);
    }
}
