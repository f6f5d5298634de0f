package dev.penstock.server.gate;

import dev.penstock.core.Signature;
import dev.penstock.core.SignatureChange;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Refuses a version that requests to the one before it could not be sent to. Pure.
final class SignatureGate {
    static final String NAME = "signature";

    private SignatureGate() {}

    /// @param before of the version it follows; null for the first
    static GateRecord judge(Candidate candidate, @Nullable Signature before) {
        if (before == null) {
            return new GateRecord(NAME, Verdict.SKIPPED, "it follows no other version");
        }
        Signature now = candidate.signature();
        List<String> breaks = SignatureChange.breaks(before, now);
        if (breaks.isEmpty()) {
            return new GateRecord(
                    NAME, Verdict.PASSED, "callers of the version before it can call it" + added(before, now));
        }
        String found = String.join("; ", breaks);
        return candidate.breaking()
                ? new GateRecord(NAME, Verdict.SKIPPED, "it may break callers: " + found)
                : new GateRecord(NAME, Verdict.FAILED, found);
    }

    private static String added(Signature before, Signature now) {
        List<String> outputs = now.outputs().stream()
                .map(output -> output.name())
                .filter(name -> before.output(name) == null)
                .toList();
        return outputs.isEmpty() ? "" : "; new outputs: " + String.join(", ", outputs);
    }
}
