package dev.penstock.server.picture;

/// What pictures are drawn on, in pixels from the upper left corner. Confined to one thread.
interface Canvas {
    /// Where a text begins.
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /// @param title what is said of it where one can point at it, or ""
    void box(Ink ink, double left, double top, double width, double height, String title);

    /// @param size of the letters
    /// @param x where the anchor is, `y` where the letters stand
    void text(Ink ink, double x, double y, int size, Anchor anchor, String text);

    /// How wide a text is at most, near enough to make room for it.
    static double widthOf(String text, int size) {
        return 0.66 * size * text.codePointCount(0, text.length());
    }
}
