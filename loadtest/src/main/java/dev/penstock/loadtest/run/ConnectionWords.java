package dev.penstock.loadtest.run;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Says that connections did not hold. Pure.
final class ConnectionWords {
    private ConnectionWords() {}

    /// @param lost how often a connection had to be made anew, by why
    /// @return empty if none had to be
    static Optional<String> finding(String stage, Map<String, Long> lost) {
        long all = lost.values().stream().mapToLong(Long::longValue).sum();
        if (all == 0) {
            return Optional.empty();
        }
        String reasons = lost.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> String.format(Locale.ROOT, "%s (%,d)", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
        return Optional.of(
                String.format(Locale.ROOT, "Connections of %s were made anew, %,d times: %s.", stage, all, reasons));
    }
}
