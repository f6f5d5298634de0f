package dev.penstock.server.picture;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Numbers as people read them in a picture. Pure.
final class Figures {
    private static final int DIGITS = 3;
    private static final double SMALLEST_PLAIN = 1e-4;
    private static final double LARGEST_PLAIN = 1e6;

    private Figures() {}

    /// Three digits that count; a dash for what cannot be said.
    static String short3(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        if (size != 0 && (size < SMALLEST_PLAIN || size >= LARGEST_PLAIN)) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(DIGITS));
        return size == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    static String percent(double share) {
        return short3(share * 100) + " %";
    }

    /// What a bin is called: the number that it ends with, shorter, or else the name as it is.
    static String label(String text) {
        if (text.equals("+Inf")) {
            return "more";
        }
        boolean number = !text.isEmpty() && (Character.isDigit(text.charAt(0)) || text.charAt(0) == '-');
        if (!number) {
            return text;
        }
        try {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? short3(value) : text;
        } catch (NumberFormatException e) {
            return text;
        }
    }

    /// At most so many characters of it.
    static String cut(String text, int most) {
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, Math.max(0, most - 1))) + "…";
    }

    /// For XML and HTML, in elements and attributes.
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                // XML has no way to say most of them.
                default -> escaped.append(c < ' ' && c != '\t' && c != '\n' ? '\uFFFD' : c);
            }
        }
        return escaped.toString();
    }

    /// NaN if it is none.
    static double number(JsonNode value) {
        return value.isNumber() ? value.asDouble() : Double.NaN;
    }
}
