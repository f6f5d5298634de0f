package dev.penstock.server.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.core.ServingException;
import dev.penstock.server.routing.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the result of a query must be, such as `result < 0.5` or `result >= 0 && result <= 1`. All
/// comparisons must hold. `result[0]`, as others have it, is the same. Immutable.
record SuccessCondition(List<Comparison> all) {
    private static final Pattern COMPARISON =
            Pattern.compile("\\s*result(?:\\[0])?\\s*(<=|>=|==|!=|<|>)\\s*(-?[0-9.]+(?:[eE][-+]?[0-9]+)?)\\s*");

    /// One comparison.
    record Comparison(String operator, double with) {
        boolean holds(double result) {
            return switch (operator) {
                case "<" -> result < with;
                case "<=" -> result <= with;
                case ">" -> result > with;
                case ">=" -> result >= with;
                case "==" -> result == with;
                default -> result != with;
            };
        }
    }

    SuccessCondition {
        all = List.copyOf(all);
    }

    /// @throws ServingException if it is none
    static SuccessCondition parse(String text) {
        List<Comparison> all = new ArrayList<>();
        for (String part : text.split("&&", -1)) {
            Matcher matcher = COMPARISON.matcher(part);
            if (!matcher.matches()) {
                throw wrong(text);
            }
            try {
                all.add(new Comparison(matcher.group(1), Double.parseDouble(matcher.group(2))));
            } catch (NumberFormatException _) {
                throw wrong(text);
            }
        }
        return new SuccessCondition(all);
    }

    private static ServingException wrong(String text) {
        return Fields.invalid(FieldPath.of("successCondition"), text, "such as result < 0.5, several joined by &&");
    }

    /// @param result a number
    boolean holds(double result) {
        return all.stream().allMatch(comparison -> comparison.holds(result));
    }
}
