package dev.penstock.server.rest;

/// The target in a request line.
final class RequestTarget {
    private RequestTarget() {}

    /// Whether it is a path or an absolute URI, the two forms that mean something here.
    static boolean isKnownForm(String target) {
        return target.startsWith("/") || pathOfAbsolute(target) >= 0;
    }

    /// The path without query and fragment, still percent-encoded; "" where there is none.
    static String path(String target) {
        int from = target.startsWith("/") ? 0 : Math.max(pathOfAbsolute(target), 0);
        int end = from;
        while (end < target.length() && target.charAt(end) != '?' && target.charAt(end) != '#') {
            end++;
        }
        return target.substring(from, end);
    }

    /// What follows the question mark, without a fragment, still percent-encoded; "" where there is none.
    static String query(String target) {
        int hash = target.indexOf('#');
        String whole = hash < 0 ? target : target.substring(0, hash);
        int mark = whole.indexOf('?');
        return mark < 0 ? "" : whole.substring(mark + 1);
    }

    private static int pathOfAbsolute(String target) {
        boolean http = target.regionMatches(true, 0, "http://", 0, 7);
        if (!http && !target.regionMatches(true, 0, "https://", 0, 8)) {
            return -1;
        }
        int slash = target.indexOf('/', http ? 7 : 8);
        return slash < 0 ? target.length() : slash;
    }
}
