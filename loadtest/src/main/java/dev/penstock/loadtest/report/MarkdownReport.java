package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.TestResult;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A result as Markdown, as GitHub renders it.
final class MarkdownReport {
    private static final Pattern MARKS = Pattern.compile("[\\\\`*\\[\\]|#~]");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern FENCES = Pattern.compile("`{3,}");

    private MarkdownReport() {}

    static String of(TestResult result) {
        StringBuilder text = new StringBuilder("# Load test: ").append(escaped(result.name()));
        text.append("\n\n**").append(escaped(Words.verdict(result))).append("**\n");
        list(text, Words.caveats(result));
        list(text, Words.promises(result));
        list(text, result.findings());
        Tables.of(result).forEach(table -> text.append("\n## ").append(table(table)));
        text.append("\n## Circumstances\n\n");
        Words.circumstances(result)
                .forEach(row -> text.append("- ")
                        .append(escaped(row.getFirst()))
                        .append(": ")
                        .append(escaped(row.getLast()))
                        .append('\n'));
        String fence = fence(result.scenario());
        text.append("\n## Scenario\n\n").append(fence).append("yaml\n");
        text.append(result.scenario().strip()).append('\n').append(fence).append('\n');
        return text.toString();
    }

    private static void list(StringBuilder text, List<String> sentences) {
        if (!sentences.isEmpty()) {
            text.append('\n');
            sentences.forEach(
                    sentence -> text.append("- ").append(escaped(sentence)).append('\n'));
        }
    }

    static String table(Table table) {
        StringBuilder text = new StringBuilder(table.title()).append("\n\n").append(row(table.columns()));
        for (int i = 0; i < table.columns().size(); i++) {
            text.append(i < table.texts() ? "|---" : "|---:");
        }
        text.append("|\n");
        table.rows().forEach(row -> text.append(row(row)));
        return text.toString();
    }

    private static String row(List<String> cells) {
        return cells.stream().map(MarkdownReport::escaped).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /// Names come from files and servers: none of them is markup.
    private static String escaped(String text) {
        String line = PlainText.visible(BLANKS.matcher(text).replaceAll(" "));
        line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return MARKS.matcher(line).replaceAll("\\\\$0");
    }

    /// Longer than every row of backticks in the text.
    private static String fence(String text) {
        int longest = 2;
        Matcher fences = FENCES.matcher(text);
        while (fences.find()) {
            longest = Math.max(longest, fences.end() - fences.start());
        }
        return "`".repeat(longest + 1);
    }
}
