package dev.penstock.server;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What `docs/metrics.md` says of metrics.
final class MetricTables {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_0-9]+)` \\| (\\w+) \\| ([a-z, ]*)\\|.*$");

    /// Tables after this need not be shown.
    private static final String SOMETIMES = "### After the first of its kind";

    private static final String ALWAYS_AGAIN = "## Triton's names";

    private MetricTables() {}

    /// @param labels without `le`
    record Family(String type, Set<String> labels) {}

    static String document() throws IOException {
        return Files.readString(TestGateways.ROOT.resolve("docs/metrics.md"));
    }

    /// Metrics that a page has only once something happened.
    static Set<String> seldom(String document) {
        return of(document.substring(document.indexOf(SOMETIMES), document.indexOf(ALWAYS_AGAIN)))
                .keySet();
    }

    /// The rows of all tables, by name.
    static Map<String, Family> of(String document) {
        Map<String, Family> rows = new TreeMap<>();
        ROW.matcher(document).results().forEach(row -> {
            Set<String> labels = new TreeSet<>(List.of(row.group(3).strip().split(", *", -1)));
            labels.remove("");
            rows.put(row.group(1), new Family(row.group(2), labels));
        });
        return rows;
    }
}
