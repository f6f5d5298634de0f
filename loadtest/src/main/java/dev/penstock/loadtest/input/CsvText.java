package dev.penstock.loadtest.input;

import java.util.ArrayList;
import java.util.List;

/// Splits comma-separated values: a cell in quotes may hold commas, line ends and doubled quotes.
final class CsvText {
    /// @param line where it begins, from 1
    record CsvRecord(int line, List<String> cells) {
        CsvRecord {
            cells = List.copyOf(cells);
        }
    }

    private final String where;
    private final String text;
    private int at;
    private int line = 1;

    private CsvText(String where, String text) {
        this.where = where;
        this.text = text;
    }

    /// Empty lines are left out.
    static List<CsvRecord> records(String where, String text) {
        CsvText csv = new CsvText(where, text.startsWith("\ufeff") ? text.substring(1) : text);
        List<CsvRecord> records = new ArrayList<>();
        while (csv.at < csv.text.length()) {
            CsvRecord next = csv.next();
            if (next.cells().size() > 1 || !next.cells().getFirst().isBlank()) {
                records.add(next);
            }
        }
        return records;
    }

    private CsvRecord next() {
        int first = line;
        List<String> cells = new ArrayList<>();
        do {
            cells.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
        } while (at < text.length() && text.charAt(at++) == ',');
        if (at > 0 && text.charAt(at - 1) == '\n') {
            line++;
        }
        return new CsvRecord(first, cells);
    }

    private String plain() {
        int begin = at;
        while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
            at++;
        }
        return text.substring(begin, at).strip();
    }

    private String quoted() {
        int opened = line;
        StringBuilder cell = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\n') {
                line++;
            }
            if (c != '"') {
                cell.append(c);
            } else if (at < text.length() && text.charAt(at) == '"') {
                cell.append('"');
                at++;
            } else {
                if (!plain().isEmpty()) {
                    throw new InputError(
                            where + ", line " + line + ": text behind a closing quote (expected: a comma)");
                }
                return cell.toString();
            }
        }
        throw new InputError(where + ", line " + opened + ": a quote is never closed (expected: \")");
    }
}
