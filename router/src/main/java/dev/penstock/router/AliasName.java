package dev.penstock.router;

import java.util.regex.Pattern;

/// What may be an alias's name: a letter, then at most 63 letters, digits, `_`, `-` and `.`. No version reads
/// like that.
public final class AliasName {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");

    private AliasName() {}

    public static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }
}
