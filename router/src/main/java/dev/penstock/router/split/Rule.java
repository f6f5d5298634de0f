package dev.penstock.router.split;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A [Condition] that is ready to be held against requests. Immutable; allocates nothing but for regular
/// expressions.
final class Rule {
    private static final int MAX_STEPS = 10_000;

    private final Condition condition;
    private final @Nullable Pattern pattern;

    Rule(Condition condition) {
        this.condition = condition;
        this.pattern = condition.test() == Condition.Test.REGEX ? Condition.compiled("regex", condition.value()) : null;
    }

    static List<Rule> all(List<Condition> conditions) {
        return conditions.stream().map(Rule::new).toList();
    }

    static boolean allHold(List<Rule> rules, RequestFacts facts) {
        for (int i = 0; i < rules.size(); i++) {
            if (!rules.get(i).holds(facts)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(RequestFacts facts) {
        CharSequence value = switch (condition.kind()) {
            case HEADER -> facts.header(condition.name());
            case PARAMETER -> facts.parameter(condition.name());
            case CALLER -> facts.header(RequestFacts.CALLER_HEADER);
        };
        if (value == null) {
            return false;
        }
        return switch (condition.test()) {
            case PRESENT -> true;
            case EQUALS -> value.length() == condition.value().length() && startsWith(value);
            case PREFIX -> startsWith(value);
            case REGEX -> pattern != null && matches(pattern, value);
        };
    }

    private boolean startsWith(CharSequence value) {
        String start = condition.value();
        if (value.length() < start.length()) {
            return false;
        }
        for (int i = 0; i < start.length(); i++) {
            if (value.charAt(i) != start.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// A regular expression may take longer than the world lasts, or more stack than there is.
    private static boolean matches(Pattern pattern, CharSequence value) {
        if (value.length() > Condition.MAX_VALUE) {
            return false;
        }
        try {
            return pattern.matcher(new Steps(value.toString(), new int[] {MAX_STEPS}))
                    .matches();
        } catch (TooManySteps | StackOverflowError e) {
            return false;
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooManySteps() {
            super(null, null, false, false);
        }
    }

    /// A text that can be looked at so often and no more.
    private static final class Steps implements CharSequence {
        private final String text;
        private final int[] left;

        Steps(String text, int[] left) {
            this.text = text;
            this.left = left;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left[0] < 0) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Steps(text.substring(start, end), left);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
