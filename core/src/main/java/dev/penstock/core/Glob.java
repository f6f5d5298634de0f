package dev.penstock.core;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Names with `*` for any text, as settings have them.
public final class Glob {
    private Glob() {}

    /// What matches such names as a whole; nothing but `*` means anything else than itself.
    public static Pattern pattern(String glob) {
        return pattern(glob, 0);
    }

    /// The same of names in which capital letters are as small ones.
    public static Pattern ofAnyCase(String glob) {
        return pattern(glob, Pattern.CASE_INSENSITIVE);
    }

    private static Pattern pattern(String glob, int flags) {
        String regex = Stream.of(glob.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.DOTALL | flags);
    }
}
