package dev.penstock.core;

/// What is wrong with a field that somebody wrote, or did not write. Immutable.
///
/// @param found what is there, as it follows the path in a sentence
/// @param expected what may be there instead; "" if that is said already
/// @param hint more behind that; "" for none
/// @param together whether it is about how fields go together: each may be right by itself
public record Mistake(FieldPath path, String found, String expected, String hint, boolean together) {
    /// @param shown the value
    public static Mistake wrong(FieldPath path, String shown, String expected) {
        return new Mistake(path, ": " + shown, expected, "", false);
    }

    public static Mistake missing(FieldPath path, String expected) {
        return new Mistake(path, " is missing", expected, "", false);
    }

    /// @param hint what may be meant; "" if nobody knows
    public static Mistake unknown(FieldPath path, String expected, String hint) {
        return new Mistake(path, " is unknown", expected, hint, false);
    }

    /// One that would mean nothing where it is.
    public static Mistake needless(FieldPath path, String expected) {
        return new Mistake(path, " is there", expected, "", false);
    }

    /// The same, which is about how fields go together.
    public Mistake amongFields() {
        return new Mistake(path, found, expected, hint, true);
    }

    /// The same, seen from where `outer` is.
    public Mistake in(FieldPath outer) {
        return at(path.in(outer));
    }

    /// The same of what is there.
    public Mistake at(FieldPath other) {
        return new Mistake(other, found, expected, hint, together);
    }

    /// All of it, in a sentence.
    public String text() {
        String where = path.isHere() ? "it" : path.toString();
        return where + found + (expected.isEmpty() ? "" : " (expected: " + expected + ")") + hint;
    }
}
