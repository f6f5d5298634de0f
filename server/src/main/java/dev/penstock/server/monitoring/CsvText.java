package dev.penstock.server.monitoring;

import java.util.ArrayList;
import java.util.List;

/// Comma-separated values as RFC 4180 has them. Pure.
final class CsvText {
    private CsvText() {}

    /// @return lines that are not empty; quotes are taken off
    /// @throws IllegalArgumentException if a quote is not closed
    static List<List<String>> rows(String text) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                boolean doubled = c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"';
                if (c != '"' || doubled) {
                    value.append(c);
                    i += doubled ? 1 : 0;
                } else {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',') {
                row.add(take(value));
            } else if (c == '\n') {
                row.add(take(value));
                add(row, rows);
                row = new ArrayList<>();
            } else if (c != '\r' && c != '\uFEFF') {
                value.append(c);
            }
        }
        if (quoted) {
            throw new IllegalArgumentException("a quote that is not closed (expected: closed)");
        }
        row.add(take(value));
        add(row, rows);
        return rows;
    }

    private static String take(StringBuilder value) {
        String taken = value.toString().strip();
        value.setLength(0);
        return taken;
    }

    private static void add(List<String> row, List<List<String>> rows) {
        if (row.size() > 1 || !row.getFirst().isEmpty()) {
            rows.add(row);
        }
    }
}
