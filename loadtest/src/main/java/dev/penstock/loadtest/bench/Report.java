package dev.penstock.loadtest.bench;

import java.util.ArrayList;
import java.util.List;

/// What a run found, in the order in which it was found.
public final class Report {
    private final List<Row> rows = new ArrayList<>();
    private final List<Cell> cells = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    public void add(Row row) {
        rows.add(row);
    }

    /// A number made of these cells: none is told if one of them has too many wrong or missing answers.
    void add(Row row, Cell... madeOf) {
        for (Cell cell : madeOf) {
            if (!cell.isSound()) {
                String reason = "%d answers of %s to %s, %s failed"
                        .formatted(cell.errors(), cell.who(), cell.subject(), cell.how());
                rows.add(Row.missing(row.what(), row.bar(), reason));
                return;
            }
        }
        rows.add(row);
    }

    void add(Cell cell) {
        cells.add(cell);
        if (cell.errors() > 0) {
            note("%d answers of %s to %s, %s were wrong or missing"
                    .formatted(cell.errors(), cell.who(), cell.subject(), cell.how()));
        }
    }

    void addAll(List<Cell> more) {
        more.forEach(this::add);
    }

    public void note(String note) {
        notes.add(note);
    }

    public List<Row> rows() {
        return List.copyOf(rows);
    }

    List<Cell> cells() {
        return List.copyOf(cells);
    }

    public List<String> notes() {
        return List.copyOf(notes);
    }
}
