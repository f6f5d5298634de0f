package dev.penstock.server.gate;

import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.GateRecord.Verdict;
import java.util.ArrayList;
import java.util.List;

/// Refuses a version that takes more room than there is, or than its model may have. Pure.
final class SizeGate {
    static final String NAME = "size";

    private SizeGate() {}

    static GateRecord judge(Candidate candidate) {
        Footprint footprint = candidate.footprint();
        GateSettings.Size size = candidate.settings().size();
        long predicted = (long) Math.ceil((double) footprint.fileBytes() * size.memoryFactor());
        long needed = Math.max(predicted, footprint.measuredBytes());
        List<String> problems = new ArrayList<>();
        if (size.maxFileBytes() > 0 && footprint.fileBytes() > size.maxFileBytes()) {
            problems.add("its files are more than %s, %s"
                    .formatted(GateSettings.MAX_FILE_BYTES, Numbers.bytes(size.maxFileBytes())));
        }
        if (size.maxMemoryBytes() > 0 && needed > size.maxMemoryBytes()) {
            problems.add("it needs more than %s, %s"
                    .formatted(GateSettings.MAX_MEMORY, Numbers.bytes(size.maxMemoryBytes())));
        }
        if (footprint.roomBytes() >= 0 && needed > footprint.roomBytes()) {
            problems.add("it needs more than the %s that are left for models"
                    .formatted(Numbers.bytes(footprint.roomBytes())));
        }
        String numbers = numbers(footprint, size.memoryFactor(), predicted);
        if (!problems.isEmpty()) {
            return new GateRecord(NAME, Verdict.FAILED, String.join("; ", problems) + ": " + numbers);
        }
        boolean limited = size.maxFileBytes() > 0 || size.maxMemoryBytes() > 0 || footprint.roomBytes() >= 0;
        return limited
                ? new GateRecord(NAME, Verdict.PASSED, numbers)
                : new GateRecord(NAME, Verdict.SKIPPED, "there is no limit: " + numbers);
    }

    private static String numbers(Footprint footprint, double factor, long predicted) {
        return "files %s, memory predicted %s (%s times the files)%s"
                .formatted(
                        Numbers.bytes(footprint.fileBytes()),
                        Numbers.bytes(predicted),
                        factor,
                        footprint.measuredBytes() < 0 ? "" : ", measured " + Numbers.bytes(footprint.measuredBytes()));
    }
}
