package dev.penstock.router.split;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/// Checks of what people write; each refusal names the field, the value and what was expected.
final class Spec {
    /// What letters may follow in a name that becomes a label of metrics and a header.
    private static final Pattern ARM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    private static final int MAX_SHOWN = 80;

    private Spec() {}

    static void check(boolean ok, String field, String value, String expected) {
        if (!ok) {
            throw invalid(field, value, expected);
        }
    }

    static void check(boolean ok, FieldPath path, String value, String expected) {
        if (!ok) {
            throw ServingException.of(wrong(path, value, expected));
        }
    }

    /// The same of how fields go together.
    static void together(boolean ok, FieldPath path, String value, String expected) {
        if (!ok) {
            throw ServingException.of(wrong(path, value, expected).amongFields());
        }
    }

    static ServingException invalid(String field, String value, String expected) {
        return ServingException.of(wrong(FieldPath.of(field), value, expected));
    }

    private static Mistake wrong(FieldPath path, String value, String expected) {
        String shown = value.length() <= MAX_SHOWN ? value : value.substring(0, MAX_SHOWN) + "...";
        return Mistake.wrong(path, "'" + shown + "'", expected);
    }

    static void armName(String field, String name) {
        check(ARM.matcher(name).matches(), field, name, "1 to 64 letters, digits, '_', '.' and '-'");
    }

    /// A share in basis points.
    static void share(String field, int basisPoints) {
        check(basisPoints >= 0 && basisPoints <= RouteSpec.BUCKETS, field, percent(basisPoints), "0% to 100%");
    }

    /// As people write shares: `5%`, `0.25%`.
    static String percent(int basisPoints) {
        return BigDecimal.valueOf(basisPoints, 2).stripTrailingZeros().toPlainString() + "%";
    }

    static boolean isPrintable(String text) {
        return text.chars().allMatch(character -> character > ' ' && character < 0x7f);
    }
}
