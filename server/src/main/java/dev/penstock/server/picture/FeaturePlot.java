package dev.penstock.server.picture;

import java.util.List;

/// The bins of one feature: wide bars of what is usual, narrow ones of the window before them. Pure.
final class FeaturePlot {
    static final int WIDTH = 480;
    static final int HEIGHT = 170;

    private static final int LETTERS = 13;
    private static final int LEFT = 50;
    private static final int RIGHT = 6;
    private static final int TOP = 10;
    private static final int FOOT = 22;
    private static final int GAP = 6;
    private static final int MOST_LABEL = 12;
    private static final double USUAL_WIDTH = 0.9;
    private static final double NOW_WIDTH = 0.45;

    private static final double[] STEPS = {1, 2, 5};

    private FeaturePlot() {}

    static void draw(Canvas canvas, FeatureView feature, double left, double top) {
        List<FeatureView.Bin> bins = feature.bins();
        if (bins.isEmpty()) {
            canvas.text(
                    Ink.MUTED,
                    left + WIDTH / 2.0,
                    top + HEIGHT / 2.0,
                    LETTERS,
                    Canvas.Anchor.MIDDLE,
                    "nothing was counted");
            return;
        }
        double bottom = top + HEIGHT - FOOT;
        double height = HEIGHT - FOOT - TOP;
        double most = roundedUp(bins.stream()
                .mapToDouble(bin -> Math.max(bin.usual(), bin.now()))
                .max()
                .orElse(0));
        for (int i = 0; i <= 2; i++) {
            double y = bottom - height * i / 2;
            canvas.box(Ink.RULE, left + LEFT, y - 0.5, WIDTH - LEFT - RIGHT, 1, "");
            canvas.text(
                    Ink.MUTED,
                    left + LEFT - GAP,
                    y + LETTERS / 3.0,
                    LETTERS,
                    Canvas.Anchor.END,
                    Figures.percent(most * i / 2));
        }
        double step = (double) (WIDTH - LEFT - RIGHT) / bins.size();
        double free = left + LEFT;
        for (int i = 0; i < bins.size(); i++) {
            FeatureView.Bin bin = bins.get(i);
            double middle = left + LEFT + (i + 0.5) * step;
            bar(
                    canvas,
                    Ink.USUAL,
                    middle,
                    step * USUAL_WIDTH,
                    bottom,
                    height * bin.usual() / most,
                    said(bin, "usual", bin.usual()));
            bar(
                    canvas,
                    Ink.NOW,
                    middle,
                    step * NOW_WIDTH,
                    bottom,
                    height * bin.now() / most,
                    said(bin, "now", bin.now()));
            String label = Figures.cut(Figures.label(bin.label()), MOST_LABEL);
            double half = Canvas.widthOf(label, LETTERS) / 2;
            // Where there is no room for all names, some are left out.
            double at = Math.min(Math.max(middle, free + half), left + WIDTH - half);
            if (at - half >= free && Math.abs(at - middle) <= step / 2) {
                canvas.text(Ink.MUTED, at, bottom + LETTERS + 4, LETTERS, Canvas.Anchor.MIDDLE, label);
                free = at + half + GAP;
            }
        }
    }

    private static void bar(
            Canvas canvas, Ink ink, double middle, double width, double bottom, double height, String title) {
        canvas.box(ink, middle - width / 2, bottom - height, width, height, title);
    }

    private static String said(FeatureView.Bin bin, String what, double share) {
        return "%s, %s: %s".formatted(Figures.label(bin.label()), what, Figures.percent(share));
    }

    /// The next of 1, 2, 5, 10, … at which an axis ends well.
    private static double roundedUp(double share) {
        if (share <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(share)));
        for (double step : STEPS) {
            if (step * power >= share) {
                return step * power;
            }
        }
        return 10 * power;
    }
}
