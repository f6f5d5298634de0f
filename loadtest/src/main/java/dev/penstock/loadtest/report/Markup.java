package dev.penstock.loadtest.report;

import java.util.Locale;

/// Builds HTML and SVG that is well-formed XML too. All text and all values of attributes are escaped.
final class Markup {
    private static final int REPLACEMENT = 0xFFFD;
    private final StringBuilder text = new StringBuilder();

    /// @param attributes name, value, name, value, ...
    Markup start(String element, Object... attributes) {
        tag(element, attributes);
        text.append('>');
        return this;
    }

    /// An element without content.
    Markup empty(String element, Object... attributes) {
        tag(element, attributes);
        text.append("/>\n");
        return this;
    }

    Markup end(String element) {
        text.append("</").append(element).append(">\n");
        return this;
    }

    Markup text(String content) {
        text.append(escaped(content));
        return this;
    }

    /// An element with text in it.
    Markup leaf(String element, String content, Object... attributes) {
        return start(element, attributes).text(content).end(element);
    }

    /// What is known to be markup already.
    Markup add(Markup other) {
        text.append(other.text);
        return this;
    }

    /// Style sheets are not escaped in HTML; ours are constants.
    Markup style(String sheet) {
        text.append("<style>\n").append(sheet).append("</style>\n");
        return this;
    }

    private void tag(String element, Object... attributes) {
        text.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ').append(attributes[i]).append("=\"");
            text.append(escaped(written(attributes[i + 1]))).append('"');
        }
    }

    private static String written(Object value) {
        return value instanceof Double number ? String.format(Locale.ROOT, "%.2f", number) : value.toString();
    }

    static String escaped(String content) {
        StringBuilder safe = new StringBuilder(content.length() + 16);
        content.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isAllowed(point) ? point : REPLACEMENT);
            }
        });
        return safe.toString();
    }

    /// What XML allows in a document.
    private static boolean isAllowed(int point) {
        return point == '\t'
                || point == '\n'
                || point == '\r'
                || (point >= 0x20 && point <= 0xD7FF)
                || (point >= 0xE000 && point <= 0xFFFD)
                || point >= 0x10000;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
