package dev.penstock.server.picture;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// The pictures of a page of drift as one image, two features in a row. Pure.
public final class DriftImage {
    /// Those that drifted most; a page has all.
    static final int MOST_FEATURES = 40;

    private static final int COLUMNS = 2;
    private static final int MARGIN = 24;
    private static final int HEAD = 100;
    private static final int FEATURE_HEAD = 46;
    private static final int CELL_WIDTH = FeaturePlot.WIDTH + MARGIN;
    private static final int CELL_HEIGHT = FEATURE_HEAD + FeaturePlot.HEIGHT + MARGIN;
    private static final int WIDTH = MARGIN + COLUMNS * CELL_WIDTH;

    private static final int TITLE = 22;
    private static final int NAME = 15;
    private static final int LETTERS = 12;
    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_FIGURES = 80;
    private static final int LONGEST_LINE = 125;

    private DriftImage() {}

    /// @param drift what `GET …/drift` says
    public static String svg(JsonNode drift) {
        DriftView view = DriftView.of(drift);
        SvgCanvas canvas = new SvgCanvas();
        int height = height(view);
        canvas.box(Ink.GROUND, 0, 0, WIDTH, height, "");
        draw(canvas, view);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\" viewBox=\"0 0 %1$d %2$d\">\n"
                        .formatted(WIDTH, height)
                + "<title>" + Figures.escaped(view.title()) + "</title>\n"
                + "<style>" + Ink.styles(false) + "text{font-family:system-ui,sans-serif}</style>\n"
                + canvas.elements() + "</svg>\n";
    }

    /// @param drift what `GET …/drift` says
    /// @throws UnsupportedOperationException if this Java has nothing to draw with
    public static byte[] png(JsonNode drift) {
        DriftView view = DriftView.of(drift);
        try {
            RasterCanvas canvas = new RasterCanvas(WIDTH, height(view));
            draw(canvas, view);
            return canvas.png();
        } catch (LinkageError | InternalError e) { // No java.desktop, or none of its libraries, or no fonts.
            throw new UnsupportedOperationException("this Java cannot draw: " + e, e);
        }
    }

    private static int height(DriftView view) {
        int rows = (Math.min(view.features().size(), MOST_FEATURES) + COLUMNS - 1) / COLUMNS;
        return HEAD + Math.max(1, rows) * CELL_HEIGHT;
    }

    private static void draw(Canvas canvas, DriftView view) {
        canvas.text(Ink.TEXT, MARGIN, MARGIN + TITLE / 2.0, TITLE, Canvas.Anchor.START, view.title());
        line(canvas, 34, view.verdict());
        int left = view.features().size() - MOST_FEATURES;
        line(canvas, 54, view.basis() + (left > 0 ? " %d features are left out.".formatted(left) : ""));
        List<FeatureView> shown =
                view.features().subList(0, Math.min(view.features().size(), MOST_FEATURES));
        for (int i = 0; i < shown.size(); i++) {
            draw(canvas, shown.get(i), MARGIN + i % COLUMNS * CELL_WIDTH, HEAD + i / COLUMNS * CELL_HEIGHT);
        }
    }

    private static void line(Canvas canvas, int top, String text) {
        canvas.text(Ink.MUTED, MARGIN, MARGIN + top, LETTERS + 1, Canvas.Anchor.START, Figures.cut(text, LONGEST_LINE));
    }

    private static void draw(Canvas canvas, FeatureView feature, int left, int top) {
        String status = feature.status().text();
        double pill = Canvas.widthOf(status, LETTERS) + 8;
        double right = left + FeaturePlot.WIDTH;
        canvas.text(Ink.TEXT, left, top + NAME, NAME, Canvas.Anchor.START, Figures.cut(feature.name(), LONGEST_NAME));
        canvas.box(feature.status().ink(), right - pill, top, pill, LETTERS + 8, "");
        canvas.text(Ink.ON_STATUS, right - pill / 2, top + LETTERS + 2, LETTERS, Canvas.Anchor.MIDDLE, status);
        String figures = Figures.cut(feature.figures(), LONGEST_FIGURES);
        canvas.text(Ink.MUTED, left, top + NAME + 20, LETTERS, Canvas.Anchor.START, figures);
        FeaturePlot.draw(canvas, feature, left, top + FEATURE_HEAD);
    }
}
