package dev.penstock.server.rest;

import java.util.Locale;

/// Which codings a caller takes, by its `Accept-Encoding`. Pure.
final class AcceptEncoding {
    private AcceptEncoding() {}

    /// Whether gzip is named, or everything is, and not ruled out.
    static boolean takesGzip(String accepted) {
        boolean any = false;
        for (String part : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
            int semicolon = part.indexOf(';');
            String coding = (semicolon < 0 ? part : part.substring(0, semicolon)).strip();
            boolean wanted = semicolon < 0 || !isZero(part.substring(semicolon + 1));
            if (coding.equals("gzip") || coding.equals("x-gzip")) {
                return wanted;
            }
            any |= coding.equals("*") && wanted;
        }
        return any;
    }

    private static boolean isZero(String parameter) {
        return parameter.replace(" ", "").matches("q=0(\\.0{0,3})?");
    }
}
