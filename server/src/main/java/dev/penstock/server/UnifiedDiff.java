package dev.penstock.server;

import java.util.ArrayList;
import java.util.List;

/// Differences between two short texts, as `diff -u` shows them. Pure.
final class UnifiedDiff {
    private static final int CONTEXT = 3;
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String CYAN = "\u001b[36m";
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private final boolean coloured;
    private final StringBuilder text = new StringBuilder();

    private UnifiedDiff(boolean coloured) {
        this.coloured = coloured;
    }

    /// A line of either text, or of both.
    ///
    /// @param mark ' ', '-' or '+'
    private record Line(char mark, String text) {}

    /// @param before what it was, each line ending with a line feed; "" if it was not there
    /// @param nameBefore and `nameAfter`: what they are called
    /// @return "" if they are the same
    static String of(String before, String after, String nameBefore, String nameAfter, boolean coloured) {
        if (before.equals(after)) {
            return "";
        }
        UnifiedDiff diff = new UnifiedDiff(coloured);
        diff.add(BOLD, "--- " + nameBefore);
        diff.add(BOLD, "+++ " + nameAfter);
        diff.hunks(merged(lines(before), lines(after)));
        return diff.text.toString();
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }

    /// Both, with the longest common part once.
    private static List<Line> merged(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<Line> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                lines.add(new Line(' ', before.get(i++)));
                j++;
            } else if (i < before.size() && (j == after.size() || common[i + 1][j] >= common[i][j + 1])) {
                lines.add(new Line('-', before.get(i++)));
            } else {
                lines.add(new Line('+', after.get(j++)));
            }
        }
        return lines;
    }

    private void hunks(List<Line> lines) {
        int from = 0;
        while (from < lines.size()) {
            int first = from;
            while (first < lines.size() && lines.get(first).mark() == ' ') {
                first++;
            }
            if (first == lines.size()) {
                return;
            }
            int start = Math.max(from, first - CONTEXT);
            int end = end(lines, first);
            hunk(lines, start, end);
            from = end;
        }
    }

    /// Where a hunk ends that has that change: where no other is near.
    private static int end(List<Line> lines, int change) {
        int last = change;
        for (int i = change; i < lines.size() && i - last <= 2 * CONTEXT; i++) {
            if (lines.get(i).mark() != ' ') {
                last = i;
            }
        }
        return Math.min(lines.size(), last + CONTEXT + 1);
    }

    private void hunk(List<Line> lines, int start, int end) {
        add(CYAN, "@@ -%s +%s @@".formatted(range(lines, start, end, '+'), range(lines, start, end, '-')));
        for (Line line : lines.subList(start, end)) {
            String colour = switch (line.mark()) {
                case '-' -> RED;
                case '+' -> GREEN;
                default -> "";
            };
            add(colour, line.mark() + line.text());
        }
    }

    /// Where it is in one of the texts, which has all lines but those with that mark.
    private static String range(List<Line> lines, int start, int end, char without) {
        long before = lines.subList(0, start).stream()
                .filter(line -> line.mark() != without)
                .count();
        long length = lines.subList(start, end).stream()
                .filter(line -> line.mark() != without)
                .count();
        return "%d,%d".formatted(length == 0 ? before : before + 1, length);
    }

    private void add(String colour, String line) {
        boolean painted = coloured && !colour.isEmpty();
        text.append(painted ? colour : "")
                .append(line)
                .append(painted ? PLAIN : "")
                .append('\n');
    }
}
