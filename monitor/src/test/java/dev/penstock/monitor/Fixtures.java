package dev.penstock.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What SciPy says about the same numbers: the tables that `src/test/scipy/fixtures.py` writes.
public final class Fixtures {
    private Fixtures() {}

    /// One case.
    public record Row(String table, List<String> columns, List<String> cells) {
        public String text(String column) {
            int at = columns.indexOf(column);
            assertThat(at).as("column %s of %s", column, table).isNotNegative();
            return cells.get(at);
        }

        public double number(String column) {
            return parse(text(column));
        }

        public long whole(String column) {
            return Long.parseLong(text(column));
        }

        public long[] wholes(String column) {
            return text(column).isEmpty() ? new long[0] : parseWholes(text(column));
        }

        public double[] numbers(String column) {
            if (text(column).isEmpty()) {
                return new double[0];
            }
            String[] parts = text(column).split(" ", -1);
            double[] numbers = new double[parts.length];
            for (int i = 0; i < parts.length; i++) {
                numbers[i] = parse(parts[i]);
            }
            return numbers;
        }

        /// Fails unless `actual` is what the table says, within a share of it.
        public void assertClose(String column, double actual, double relative) {
            double expected = number(column);
            if (Double.isNaN(expected) || Double.isInfinite(expected)) {
                assertThat(Double.valueOf(actual)).as("%s of %s", column, this).isEqualTo(Double.valueOf(expected));
                return;
            }
            assertThat(Math.abs(actual - expected))
                    .as("%s %s (expected: %s within %s) of %s", column, actual, expected, relative, this)
                    .isLessThanOrEqualTo(relative * Math.abs(expected) + Double.MIN_NORMAL);
        }

        private static long[] parseWholes(String cell) {
            String[] parts = cell.split(" ", -1);
            long[] wholes = new long[parts.length];
            for (int i = 0; i < parts.length; i++) {
                wholes[i] = Long.parseLong(parts[i]);
            }
            return wholes;
        }

        private static double parse(String cell) {
            return Double.parseDouble(cell);
        }

        @Override
        public String toString() {
            return "%s: %s".formatted(table, cells);
        }
    }

    /// All cases of one table, at least one.
    public static List<Row> read(String table) {
        List<String> lines = lines("/scipy/" + table + ".csv");
        List<String> columns = List.of(lines.getFirst().split(",", -1));
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> cells = List.of(line.split(",", -1));
            assertThat(cells).as("%s: %s", table, line).hasSameSizeAs(columns);
            rows.add(new Row(table, columns, cells));
        }
        assertThat(rows).as(table).isNotEmpty();
        return rows;
    }

    private static List<String> lines(String resource) {
        try (InputStream in = Objects.requireNonNull(Fixtures.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
