package dev.penstock.server.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Parts of a whole as people write them: `1%`, `0.5%`. As a value, from 0 to 1.
final class Percent {
    static final ValueKind<Double> POSITIVE =
            ValueKind.one("PERCENT", "a percentage above 0% and up to 100%, e.g. 1%", Percent::read, Percent::text);

    private static final Pattern FORM = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)\\s*%");

    private Percent() {}

    private static @Nullable Double read(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        double share = Double.parseDouble(matcher.group(1)) / 100;
        return share > 0 && share <= 1 ? share : null;
    }

    private static String text(double share) {
        String digits = String.format(Locale.ROOT, "%.6f", share * 100);
        return digits.replaceAll("\\.?0+$", "") + "%";
    }
}
