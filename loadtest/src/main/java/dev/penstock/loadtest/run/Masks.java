package dev.penstock.loadtest.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Takes values out of texts and leaves their names. Pure.
public final class Masks {
    /// Stands for a value that is not told.
    static final String MASK = "***";

    private static final String HEADER = "--header";

    /// Headers of this server, none of which is a secret.
    private static final String KNOWN = "x-penstock-";

    /// Flags whose values are addresses, with `http://` or without.
    private static final Set<String> ADDRESSES = Set.of("-u", "--target", "--url", "--metrics");

    private static final Pattern USER = Pattern.compile("(^|://)[^/?#\\s]*@");
    private static final Pattern QUERY = Pattern.compile("(?<=[?&#])([^=&#\\s]*=)?[^&#\\s]*");

    private Masks() {}

    static String header(String name, String value) {
        return name.startsWith(KNOWN) ? value : MASK;
    }

    /// The same address without user and password, and without values of its query.
    static String address(String text) {
        String nobody = USER.matcher(text).replaceAll("$1" + MASK + "@");
        return QUERY.matcher(nobody).replaceAll("$1" + MASK);
    }

    /// The same arguments without values of headers, and without what addresses tell in confidence.
    public static List<String> arguments(List<String> arguments) {
        List<String> masked = new ArrayList<>();
        String before = "";
        for (String argument : arguments) {
            masked.add(argument(before, argument));
            before = argument;
        }
        return masked;
    }

    private static String argument(String before, String argument) {
        int end = argument.indexOf('=');
        String flag = end < 0 ? "" : argument.substring(0, end);
        if (isAbout(before)) {
            return value(before, argument);
        }
        if (isAbout(flag)) {
            return flag + "=" + value(flag, argument.substring(end + 1));
        }
        return argument.contains("://") ? address(argument) : argument;
    }

    private static boolean isAbout(String flag) {
        return flag.equals(HEADER) || ADDRESSES.contains(flag);
    }

    private static String value(String flag, String text) {
        if (!flag.equals(HEADER)) {
            return address(text);
        }
        int end = text.indexOf('=');
        return end < 0 ? text : text.substring(0, end + 1) + header(text.substring(0, end), text.substring(end + 1));
    }
}
