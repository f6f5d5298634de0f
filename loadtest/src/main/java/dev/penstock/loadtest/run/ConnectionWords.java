package dev.penstock.loadtest.run;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Says that connections did not hold. Pure.
final class ConnectionWords {
    private ConnectionWords() {}

    /// @param runs of the stage: in each, how often a connection was lost or could not be made, by why
    /// @return empty if all held
    static Optional<String> finding(String stage, List<Map<String, Long>> runs) {
        Map<String, Long> lost = new HashMap<>();
        runs.forEach(run -> run.forEach((reason, times) -> lost.merge(reason, times, Long::sum)));
        long all = lost.values().stream().mapToLong(Long::longValue).sum();
        if (all == 0) {
            return Optional.empty();
        }
        String reasons = lost.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> String.format(Locale.ROOT, "%s (%,d)", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return Optional.of(String.format(
                Locale.ROOT, "Connections of %s were lost, or could not be made, %,d times: %s.", stage, all, reasons));
    }
}
