package dev.penstock.server.config;

import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Guesses which word was meant.
public final class Nearest {
    private Nearest() {}

    /// @return the candidate that takes the fewest edits to reach, or null if it would be another word altogether
    public static @Nullable String to(String word, Collection<String> candidates) {
        int limit = Math.max(2, word.length() / 3);
        return candidates.stream()
                .filter(candidate -> distance(word, candidate) <= limit)
                .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .orElse(null);
    }

    /// "; did you mean X?", or "" if nothing is near.
    public static String hint(String word, Collection<String> candidates) {
        String nearest = to(word, candidates);
        return nearest == null ? "" : "; did you mean " + nearest + "?";
    }

    /// Letters to insert, drop, replace, or swap with their neighbour.
    static int distance(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            last[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = nextRow(from, to, row, last, beforeLast);
            beforeLast = last;
            last = current;
        }
        return last[to.length()];
    }

    private static int[] nextRow(String from, String to, int row, int[] last, int[] beforeLast) {
        int[] current = new int[to.length() + 1];
        current[0] = row;
        for (int column = 1; column <= to.length(); column++) {
            int replaced = last[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
            int best = Math.min(replaced, Math.min(last[column], current[column - 1]) + 1);
            current[column] = swapped(from, to, row, column) ? Math.min(best, beforeLast[column - 2] + 1) : best;
        }
        return current;
    }

    private static boolean swapped(String from, String to, int row, int column) {
        return row > 1
                && column > 1
                && from.charAt(row - 1) == to.charAt(column - 2)
                && from.charAt(row - 2) == to.charAt(column - 1);
    }
}
