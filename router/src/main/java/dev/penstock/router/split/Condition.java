package dev.penstock.router.split;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What must hold for a request.
///
/// @param name of the header or parameter; "" for [Kind#CALLER]
/// @param value what [Test] compares with; "" for [Test#PRESENT]
public record Condition(Kind kind, String name, Test test, String value) {
    static final int MAX_NAME = 128;
    static final int MAX_VALUE = 1024;

    public Condition {
        if (kind == Kind.HEADER) {
            name = name.toLowerCase(Locale.ROOT);
        }
        String field = kind.name().toLowerCase(Locale.ROOT);
        String tested = test.name().toLowerCase(Locale.ROOT);
        if (kind == Kind.CALLER) {
            Spec.check(name.isEmpty(), field, name, "no name: the caller has one identity");
        } else {
            Spec.check(
                    !name.isEmpty() && name.length() <= MAX_NAME && Spec.isPrintable(name),
                    field,
                    name,
                    "a name of 1 to " + MAX_NAME + " visible ASCII characters");
        }
        Spec.check(value.length() <= MAX_VALUE, tested, value, "at most " + MAX_VALUE + " characters");
        switch (test) {
            case PRESENT -> Spec.check(value.isEmpty(), tested, value, "no value beside 'present'");
            case PREFIX -> Spec.check(!value.isEmpty(), tested, value, "a prefix that is not empty");
            case REGEX -> compiled(tested, value);
            case EQUALS -> {}
        }
    }

    static Pattern compiled(String field, String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw Spec.invalid(field, regex, "a regular expression: " + e.getDescription());
        }
    }

    public static Condition header(String name, String value) {
        return new Condition(Kind.HEADER, name, Test.EQUALS, value);
    }

    /// What is looked at.
    public enum Kind {
        /// An HTTP header or, the same, gRPC metadata.
        HEADER,
        /// A parameter of the Open Inference Protocol.
        PARAMETER,
        /// Who asks, as `x-penstock-caller` says.
        CALLER
    }

    /// How it is looked at. What is not there passes no test.
    public enum Test {
        EQUALS,
        PREFIX,
        /// The whole value matches. One that takes more than ten thousand steps to tell does not.
        REGEX,
        PRESENT
    }
}
