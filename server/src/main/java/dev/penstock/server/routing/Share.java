package dev.penstock.server.routing;

import dev.penstock.core.FieldPath;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Shares as people write them: `5%`, `0.25%` or `500bp`, of at most 100 %. A number without a unit might
/// mean any of 5, 0.05 and 500, so it is refused, but for 0. Pure.
public final class Share {
    private static final int ALL = 10_000;
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3})(?:\\.([0-9]{1,2}))? ?%");
    private static final Pattern BASIS_POINTS = Pattern.compile("([0-9]{1,5}) ?bp");

    private Share() {}

    /// @param where it was written
    /// @return in basis points
    /// @throws dev.penstock.core.ServingException if it is none
    public static int parse(FieldPath where, String text) {
        int share = basisPoints(text.strip());
        if (share < 0 || share > ALL) {
            throw Fields.invalid(where, text, "a share of 0% to 100%, such as 5%, 0.25% or 25bp");
        }
        return share;
    }

    private static int basisPoints(String text) {
        if (text.equals("0")) {
            return 0;
        }
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches()) {
            String fraction = percent.group(2) == null ? "" : percent.group(2);
            return Integer.parseInt(percent.group(1)) * 100 + Integer.parseInt((fraction + "00").substring(0, 2));
        }
        Matcher points = BASIS_POINTS.matcher(text);
        return points.matches() ? Integer.parseInt(points.group(1)) : -1;
    }

    /// In percent, with no more digits than it takes: `5%`, `0.25%`.
    public static String text(int basisPoints) {
        int rest = basisPoints % 100;
        if (rest == 0) {
            return basisPoints / 100 + "%";
        }
        String fraction = rest % 10 == 0 ? Integer.toString(rest / 10) : (rest < 10 ? "0" : "") + rest;
        return basisPoints / 100 + "." + fraction + "%";
    }
}
