package dev.penstock.server.gate;

import dev.penstock.server.memory.Footprint;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import java.util.ArrayList;
import java.util.List;

/// Refuses a version that takes more room than its model may have. Pure.
final class SizeGate {
    static final String NAME = "size";

    private SizeGate() {}

    static GateRecord judge(Candidate candidate) {
        Footprint footprint = candidate.footprint();
        GateSettings.Size size = candidate.settings().size();
        long needed = footprint.bytes();
        List<String> problems = new ArrayList<>();
        if (size.maxFileBytes() > 0 && footprint.fileBytes() > size.maxFileBytes()) {
            problems.add("its files are more than %s, %s"
                    .formatted(GateSettings.MAX_FILE_BYTES, Numbers.bytes(size.maxFileBytes())));
        }
        if (size.maxMemoryBytes() > 0 && needed > size.maxMemoryBytes()) {
            problems.add("it needs more than %s, %s"
                    .formatted(GateSettings.MAX_MEMORY, Numbers.bytes(size.maxMemoryBytes())));
        }
        String numbers = numbers(footprint);
        if (!problems.isEmpty()) {
            return new GateRecord(NAME, Verdict.FAILED, String.join("; ", problems) + ": " + numbers);
        }
        boolean limited = size.maxFileBytes() > 0 || size.maxMemoryBytes() > 0;
        return limited
                ? new GateRecord(NAME, Verdict.PASSED, numbers)
                : new GateRecord(NAME, Verdict.SKIPPED, "there is no limit: " + numbers);
    }

    private static String numbers(Footprint footprint) {
        return "files %s, memory predicted %s (%s times the files and %s)%s"
                .formatted(
                        Numbers.bytes(footprint.fileBytes()),
                        Numbers.bytes(footprint.predictedBytes()),
                        footprint.factor(),
                        Numbers.bytes(Footprint.BASE_BYTES),
                        footprint.measuredBytes() < 0 ? "" : ", measured " + Numbers.bytes(footprint.measuredBytes()));
    }
}
