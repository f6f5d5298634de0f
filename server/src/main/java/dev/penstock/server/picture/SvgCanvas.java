package dev.penstock.server.picture;

import java.util.Locale;

/// Draws as SVG. Who shows it gives it the styles of [Ink].
final class SvgCanvas implements Canvas {
    private final StringBuilder drawn = new StringBuilder();

    @Override
    public void box(Ink ink, double left, double top, double width, double height, String title) {
        drawn.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"",
                ink.style(),
                left,
                top,
                width,
                height));
        if (title.isEmpty()) {
            drawn.append("/>\n");
        } else {
            drawn.append("><title>").append(Figures.escaped(title)).append("</title></rect>\n");
        }
    }

    @Override
    public void text(Ink ink, double x, double y, int size, Anchor anchor, String text) {
        drawn.append(String.format(
                        Locale.ROOT,
                        "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" text-anchor=\"%s\">",
                        ink.style(),
                        x,
                        y,
                        size,
                        anchor.name().toLowerCase(Locale.ROOT)))
                .append(Figures.escaped(text))
                .append("</text>\n");
    }

    /// What was drawn, without the element around it.
    String elements() {
        return drawn.toString();
    }
}
