package dev.penstock.loadtest.report;

import java.util.List;

/// What is drawn, and the numbers beside it.
///
/// @param id unique in a report, a word
/// @param note what a reader must know to understand it
/// @param x from left to right
/// @param y from below
/// @param rules lines across the whole plot
/// @param table the same in figures
record Plot(String id, String title, String note, Axis x, Axis y, List<Line> lines, List<Rule> rules, Table table) {
    Plot {
        lines = List.copyOf(lines);
        rules = List.copyOf(rules);
    }

    /// @param doubtful from a measurement that is not valid
    /// @param tip what is shown of it when asked for
    record Point(double x, double y, boolean doubtful, String tip) {}

    enum Form {
        /// The points are joined.
        CURVE,
        /// The points are joined, and each is marked.
        MARKED,
        /// The points are marked and not joined.
        MARKS,
        /// Each point is a level that holds until the next point.
        STEPS
    }

    record Line(String name, Form form, List<Point> points) {
        Line {
            points = List.copyOf(points);
        }
    }

    /// @param horizontal at a value of the y axis, otherwise of the x axis
    record Rule(String label, boolean horizontal, double value) {}
}
