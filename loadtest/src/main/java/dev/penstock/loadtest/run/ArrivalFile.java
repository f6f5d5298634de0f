package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.ArrivalTimes;
import dev.penstock.loadtest.scenario.ScenarioError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads recorded arrivals: seconds, one number a line, ascending; of a CSV file the first column, its
/// heading passed over. They may count from any moment: the first is when the replay begins.
final class ArrivalFile {
    private ArrivalFile() {}

    /// Blocks on the file.
    ///
    /// @throws ScenarioError naming the line that is wrong
    static ArrivalTimes read(Path file) {
        try {
            return parse(file.toString(), Files.readAllLines(file));
        } catch (IOException e) {
            throw new ScenarioError("replay: " + file + " cannot be read (expected: a file of seconds, one a line)");
        }
    }

    static ArrivalTimes parse(String file, List<String> lines) {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String cell = lines.get(i).split(",", 2)[0].strip();
            if (cell.isEmpty() || cell.startsWith("#") || (i == 0 && !isNumber(cell))) {
                continue;
            }
            if (!isNumber(cell)) {
                throw new ScenarioError(
                        file + ", line " + (i + 1) + ": " + cell + " (expected: seconds, such as 12.345)");
            }
            double value = Double.parseDouble(cell);
            if (!seconds.isEmpty() && value < seconds.getLast()) {
                throw new ScenarioError(file + ", line " + (i + 1) + ": " + cell + " (expected: at least "
                        + seconds.getLast() + ", the line before)");
            }
            seconds.add(value);
        }
        if (seconds.isEmpty()) {
            throw new ScenarioError(file + ": no arrivals (expected: seconds, one a line)");
        }
        double first = seconds.getFirst();
        return ArrivalTimes.of(seconds.stream()
                .mapToLong(value -> Math.round((value - first) * 1e9))
                .toArray());
    }

    private static boolean isNumber(String cell) {
        try {
            return Double.isFinite(Double.parseDouble(cell));
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
