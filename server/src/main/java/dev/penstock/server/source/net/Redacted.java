package dev.penstock.server.source.net;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// URIs without what could be a credential. Pure; takes anything, also what is no URI.
public final class Redacted {
    private static final Pattern USER = Pattern.compile("//[^/?#]*@");
    private static final Pattern SECRET = Pattern.compile(
            ".*(sig|token|secret|passw|credential|auth|key|session|code|jwt|x-amz-|x-goog-|expires|policy).*");
    private static final String GONE = "REDACTED";
    private static final int MAX_LENGTH = 500;

    private Redacted() {}

    /// For messages: no user, no query, no control characters.
    public static String forMessage(String uri) {
        int query = indexOfAny(uri, '?', '#');
        String shown = withoutUser(query < 0 ? uri : uri.substring(0, query));
        String clean = shown.codePoints()
                .map(point -> Character.isISOControl(point) ? '\uFFFD' : point)
                .limit(MAX_LENGTH)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return query < 0 ? clean : clean + "?…";
    }

    /// For the record: no user, and no value of a query parameter whose name sounds like a secret.
    public static String forRecord(String uri) {
        int fragment = uri.indexOf('#');
        String whole = fragment < 0 ? uri : uri.substring(0, fragment);
        int query = whole.indexOf('?');
        if (query < 0) {
            return withoutUser(whole);
        }
        String parameters = Arrays.stream(whole.substring(query + 1).split("&", -1))
                .map(Redacted::parameter)
                .collect(Collectors.joining("&"));
        return withoutUser(whole.substring(0, query)) + "?" + parameters;
    }

    /// Whether what [#forRecord] gave lacks something, so that it leads nowhere any more.
    public static boolean isLacking(String recorded) {
        int query = recorded.indexOf('?');
        return query >= 0
                && Arrays.stream(recorded.substring(query + 1).split("&", -1))
                        .anyMatch(parameter -> parameter.endsWith("=" + GONE));
    }

    private static String withoutUser(String uri) {
        String left = uri;
        // What is no URI may look as if it had one user after another.
        while (USER.matcher(left).find()) {
            left = USER.matcher(left).replaceAll("//");
        }
        return left;
    }

    private static String parameter(String parameter) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        boolean secret =
                equals >= 0 && SECRET.matcher(name.toLowerCase(Locale.ROOT)).matches();
        return secret ? name + "=" + GONE : parameter;
    }

    private static int indexOfAny(String text, char one, char other) {
        int first = text.indexOf(one);
        int second = text.indexOf(other);
        return first < 0 ? second : second < 0 ? first : Math.min(first, second);
    }
}
