package dev.penstock.loadtest.report;

import dev.penstock.loadtest.report.Plot.Form;
import dev.penstock.loadtest.report.Plot.Line;
import dev.penstock.loadtest.report.Plot.Point;
import dev.penstock.loadtest.report.Plot.Rule;
import java.util.List;
import java.util.Locale;

/// Draws a plot as SVG. Colours are the style sheet's, so that they follow light and dark; lines differ
/// by dashes as well, for those who see no difference of colours.
final class SvgPlot {
    private static final double WIDTH = 820;
    /// With room for the names of stages.
    private static final double TOP = 24;
    /// With room for figures such as 1,000,000 beside the name of the axis.
    private static final double LEFT = 84;
    /// With room for half of such a figure.
    private static final double RIGHT = 36;
    private static final double PLOT_WIDTH = WIDTH - LEFT - RIGHT;
    private static final double PLOT_HEIGHT = 290;
    private static final double LEGEND_ROW = 20;
    private static final int LEGEND_COLUMNS = 4;
    private static final double LEGEND_COLUMN = (PLOT_WIDTH + RIGHT) / LEGEND_COLUMNS;
    private static final double LETTER = 6.6;
    private static final int COLOURS = 8;
    private static final List<String> DASHES = List.of("none", "7 4", "2 3");

    private final Plot plot;
    private final Markup svg = new Markup();

    private SvgPlot(Plot plot) {
        this.plot = plot;
    }

    static Markup of(Plot plot) {
        SvgPlot drawing = new SvgPlot(plot);
        drawing.draw();
        return drawing.svg;
    }

    private void draw() {
        int legendRows = Math.ceilDiv(plot.lines().size(), LEGEND_COLUMNS);
        double height = TOP + PLOT_HEIGHT + 50 + LEGEND_ROW * (double) legendRows;
        svg.start(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "viewBox",
                String.format(Locale.ROOT, "0 0 %.0f %.0f", WIDTH, height),
                "role",
                "img",
                "aria-labelledby",
                plot.id() + "-title " + plot.id() + "-note");
        svg.leaf("title", plot.title(), "id", plot.id() + "-title");
        svg.leaf("desc", plot.note(), "id", plot.id() + "-note");
        axes();
        plot.rules().forEach(this::rule);
        for (int i = 0; i < plot.lines().size(); i++) {
            line(plot.lines().get(i), i);
            legend(plot.lines().get(i), i);
        }
        plot.rules().forEach(this::ruleName);
        svg.end("svg");
    }

    private void axes() {
        double bottom = TOP + PLOT_HEIGHT;
        double lastEnd = Double.NEGATIVE_INFINITY;
        for (double tick : plot.x().ticks()) {
            double x = x(tick);
            String figure = plot.x().figure().apply(tick);
            double half = (double) figure.length() * LETTER / 2;
            straight("grid", x, TOP, x, bottom);
            if (x - half > lastEnd) {
                label(figure, x, bottom + 19, "middle");
                lastEnd = x + half + LETTER;
            }
        }
        for (double tick : plot.y().ticks()) {
            straight("grid", LEFT, y(tick), LEFT + PLOT_WIDTH, y(tick));
            label(plot.y().figure().apply(tick), LEFT - 6, y(tick) + 4, "end");
        }
        straight("axis", LEFT, bottom, LEFT + PLOT_WIDTH, bottom);
        straight("axis", LEFT, TOP, LEFT, bottom);
        svg.leaf(
                "text",
                plot.x().label(),
                "class",
                "label",
                "text-anchor",
                "middle",
                "x",
                LEFT + PLOT_WIDTH / 2,
                "y",
                bottom + 38);
        double middle = TOP + PLOT_HEIGHT / 2;
        String turned = String.format(Locale.ROOT, "rotate(-90 14 %.1f)", middle);
        svg.leaf(
                "text",
                plot.y().label(),
                "class",
                "label",
                "text-anchor",
                "middle",
                "x",
                14.0,
                "y",
                middle,
                "transform",
                turned);
    }

    private void rule(Rule rule) {
        if (rule.horizontal()) {
            straight("rule", LEFT, y(rule.value()), LEFT + PLOT_WIDTH, y(rule.value()));
        } else {
            straight("stage", x(rule.value()), TOP, x(rule.value()), TOP + PLOT_HEIGHT);
        }
    }

    private void ruleName(Rule rule) {
        if (rule.horizontal()) {
            label(rule.label(), LEFT + PLOT_WIDTH - 4, y(rule.value()) - 5, "end");
        } else {
            label(rule.label(), x(rule.value()), TOP - 7, "start");
        }
    }

    private void line(Line line, int index) {
        svg.start("g", "class", "s" + index % COLOURS);
        if (line.form() != Form.MARKS) {
            svg.empty("path", "class", "line curve", "stroke-dasharray", dash(index), "d", path(line));
        }
        if (line.form() == Form.MARKED || line.form() == Form.MARKS) {
            line.points().stream().filter(SvgPlot::isShown).forEach(this::mark);
        }
        svg.end("g");
    }

    private static boolean isShown(Point point) {
        return Double.isFinite(point.x()) && Double.isFinite(point.y());
    }

    /// Broken where there is no value.
    private String path(Line line) {
        StringBuilder path = new StringBuilder();
        boolean drawing = false;
        for (Point point : line.points()) {
            if (!isShown(point)) {
                drawing = false;
                continue;
            }
            double x = x(point.x());
            double y = y(point.y());
            if (drawing && line.form() == Form.STEPS) {
                path.append(String.format(Locale.ROOT, "H%.1f", x));
            }
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", drawing ? "L" : "M", x, y));
            drawing = true;
        }
        return path.toString();
    }

    /// A dot, or a cross for what cannot be relied on.
    private void mark(Point point) {
        double x = x(point.x());
        double y = y(point.y());
        svg.start("g", "class", point.doubtful() ? "cross" : "dot");
        svg.leaf("title", point.tip());
        if (point.doubtful()) {
            String cross = String.format(Locale.ROOT, "M%.1f %.1fl10 10m0 -10l-10 10", x - 5, y - 5);
            svg.empty("path", "d", cross);
        } else {
            svg.empty("circle", "cx", x, "cy", y, "r", 3.5);
        }
        svg.end("g");
    }

    private void legend(Line line, int index) {
        double x = LEFT + (double) (index % LEGEND_COLUMNS) * LEGEND_COLUMN;
        int row = index / LEGEND_COLUMNS;
        double y = TOP + PLOT_HEIGHT + 54 + LEGEND_ROW * (double) row;
        int letters = (int) ((LEGEND_COLUMN - 40) / LETTER);
        String name =
                line.name().length() <= letters ? line.name() : line.name().substring(0, letters - 2) + "..";
        svg.start("g", "class", "s" + index % COLOURS);
        String path = String.format(Locale.ROOT, "M%.1f %.1fh24", x, y);
        svg.empty("path", "class", "line", "stroke-dasharray", dash(index), "d", path);
        svg.start("text", "x", x + 30, "y", y + 4).start("title").text(line.name());
        svg.end("title").text(name).end("text").end("g");
    }

    private static String dash(int index) {
        return DASHES.get(index % DASHES.size());
    }

    private void straight(String kind, double fromX, double fromY, double toX, double toY) {
        svg.empty("line", "class", kind, "x1", fromX, "y1", fromY, "x2", toX, "y2", toY);
    }

    private void label(String text, double x, double y, String anchor) {
        svg.leaf("text", text, "x", x, "y", y, "text-anchor", anchor);
    }

    private double x(double value) {
        return LEFT + plot.x().place(value) * PLOT_WIDTH;
    }

    private double y(double value) {
        return TOP + (1 - plot.y().place(value)) * PLOT_HEIGHT;
    }
}
