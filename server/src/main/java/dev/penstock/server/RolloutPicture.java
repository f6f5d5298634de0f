package dev.penstock.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A rollout as it fits on a terminal: sentences go on in the next line, tables end where it does, and what has
/// no room below is counted. Pure.
///
/// @param columns of the terminal
/// @param rows of the same
record RolloutPicture(int columns, int rows) {
    private static final int SMALL_BAR = 6;
    private static final int MIN_ROWS = 2;

    /// Of a terminal as its environment has it (`COLUMNS`, `LINES`); what is not said is as large as can be.
    static RolloutPicture on(Map<String, String> environment) {
        return new RolloutPicture(
                number(environment.getOrDefault("COLUMNS", "")), number(environment.getOrDefault("LINES", "")));
    }

    private static int number(String said) {
        return said.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(said) : Integer.MAX_VALUE;
    }

    /// @param nowMillis to say how long its phase lasts
    String of(JsonNode rollout, long nowMillis) {
        String text = RolloutText.of(rollout, nowMillis);
        if (text.lines().anyMatch(line -> !isSentence(line) && line.length() > columns)) {
            text = RolloutText.of(rollout, nowMillis, SMALL_BAR);
        }
        List<String> lines = new ArrayList<>();
        text.lines().forEach(line -> {
            if (isSentence(line)) {
                lines.addAll(wrapped(line));
            } else {
                lines.add(line.substring(0, Math.min(line.length(), columns)));
            }
        });
        return String.join("\n", fitting(lines)) + "\n";
    }

    /// These are indented, tables are not.
    private static boolean isSentence(String line) {
        return line.startsWith(" ");
    }

    /// The line below the last one is the cursor's.
    private List<String> fitting(List<String> lines) {
        int room = rows - 1;
        if (lines.size() <= room || room < MIN_ROWS) {
            return lines;
        }
        List<String> some = new ArrayList<>(lines.subList(0, room - 1));
        String more = "... and %d lines more".formatted(lines.size() - some.size());
        some.add(more.substring(0, Math.min(more.length(), columns)));
        return some;
    }

    private List<String> wrapped(String sentence) {
        List<String> lines = new ArrayList<>();
        String rest = sentence;
        while (rest.length() > columns) {
            int end = rest.lastIndexOf(' ', columns);
            if (rest.substring(0, Math.max(0, end)).isBlank()) {
                // A word without end.
                end = columns;
            }
            lines.add(rest.substring(0, end));
            rest = "    " + rest.substring(end).strip();
            if (columns <= rest.length() - rest.strip().length()) {
                break;
            }
        }
        lines.add(rest.substring(0, Math.min(rest.length(), columns)));
        return lines;
    }
}
