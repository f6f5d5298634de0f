package dev.penstock.loadtest.report;

import java.util.List;

/// Rows of text under a title, not yet in any form.
///
/// @param texts how many of the first columns hold words; the others hold figures
record Table(String title, List<String> columns, int texts, List<List<String>> rows) {
    Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        "a row of \"" + title + "\" has " + row.size() + " cells (expected: " + columns.size() + ")");
            }
        }
    }
}
