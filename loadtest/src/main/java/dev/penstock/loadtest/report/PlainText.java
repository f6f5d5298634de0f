package dev.penstock.loadtest.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Text for terminals. Immutable.
final class PlainText {
    /// Wider lines are hard to read.
    static final int MOST_COLUMNS = 100;

    private static final int LEAST_TEXT = 8;
    private static final Pattern BLANK = Pattern.compile(" ");
    private static final int GAP = 2;

    private final int columns;

    /// @param columns of the terminal
    PlainText(int columns) {
        this.columns = Math.min(columns, MOST_COLUMNS);
    }

    /// Aligned in columns. Words that do not fit are cut in their middle, as their ends tell them apart; if
    /// that is not enough, columns move closer. Figures are never cut, so it may be too wide in the end.
    String table(Table table) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(table.columns());
        rows.addAll(table.rows());
        int[] widths = widths(table, rows);
        int all = Arrays.stream(widths).sum() + (widths.length - 1) * GAP;
        String gap = " ".repeat(all > columns ? 1 : GAP);
        StringBuilder text = new StringBuilder(table.title()).append('\n');
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = shortened(visible(row.get(i)), widths[i]);
                String blank = " ".repeat(widths[i] - cell.length());
                line.append(i == 0 ? "" : gap).append(i < table.texts() ? cell + blank : blank + cell);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int[] widths(Table table, List<List<String>> rows) {
        int[] widths = new int[table.columns().size()];
        int all = (widths.length - 1) * GAP;
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = rows.stream()
                    .mapToInt(row -> row.get(column).length())
                    .max()
                    .orElse(0);
            all += widths[i];
        }
        while (all > columns) {
            int widest = 0;
            for (int i = 1; i < table.texts(); i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= LEAST_TEXT) {
                break;
            }
            widths[widest]--;
            all--;
        }
        return widths;
    }

    private static String shortened(String text, int width) {
        if (text.length() <= width) {
            return text;
        }
        int head = (width - 2 + 1) / 2;
        return text.substring(0, head) + ".." + text.substring(text.length() - (width - 2 - head));
    }

    /// Names come from files and servers: none of them moves the cursor.
    static String visible(String text) {
        return text.codePoints()
                .map(point -> Character.isISOControl(point) ? '?' : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /// Broken between words; lines after the first are indented.
    String wrapped(String text) {
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : BLANK.splitAsStream(visible(text)).toList()) {
            if (column > 0 && column + 1 + word.length() > columns) {
                lines.append("\n  ").append(word);
                column = 2 + word.length();
            } else {
                lines.append(column == 0 ? "" : " ").append(word);
                column += (column == 0 ? 0 : 1) + word.length();
            }
        }
        return lines.append('\n').toString();
    }
}
