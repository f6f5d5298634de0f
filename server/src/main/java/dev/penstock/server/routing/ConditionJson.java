package dev.penstock.server.routing;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.Condition;
import dev.penstock.server.wire.HeaderText;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Conditions as JSON: what is looked at, and one test: `{header: x-tenant, equals: acme}`, `{parameter:
/// tier, prefix: gold}`, `{caller: true, regex: "team-.*"}`, `{header: x-canary, present: true}`. Pure.
final class ConditionJson {
    private static final String CALLER = "caller";

    private static final Map<String, Condition.Test> TESTS = Map.of(
            "equals", Condition.Test.EQUALS,
            "prefix", Condition.Test.PREFIX,
            "regex", Condition.Test.REGEX,
            "present", Condition.Test.PRESENT);

    private static final List<String> TEST_NAMES = List.of("equals", "prefix", "regex", "present");
    private static final List<String> KNOWN =
            List.of("header", "parameter", CALLER, "equals", "prefix", "regex", "present");

    private ConditionJson() {}

    static List<Condition> readAll(Fields owner, String field) {
        return owner.list(field, ConditionJson::read);
    }

    /// @throws ServingException also if there is none
    static List<Condition> readSome(Fields owner, String field) {
        List<Condition> some = readAll(owner, field);
        if (some.isEmpty()) {
            throw Fields.invalid(FieldPath.of(field), "", "at least one condition");
        }
        return some;
    }

    static Condition read(JsonNode node) {
        Fields fields = Fields.of(node, KNOWN);
        List<String> kinds = List.of("header", "parameter", CALLER).stream()
                .filter(fields::has)
                .toList();
        List<String> tests = TEST_NAMES.stream().filter(fields::has).toList();
        if (kinds.size() != 1 || tests.size() != 1) {
            throw ServingException.of(
                    Mistake.wrong(
                            FieldPath.HERE,
                            HeaderText.quote(node.toString()),
                            "one of header, parameter and caller with one of equals, prefix, regex and present, such as {header: x-tenant, equals: acme}"));
        }
        String kind = kinds.getFirst();
        String test = tests.getFirst();
        boolean flag = kind.equals(CALLER) || test.equals("present");
        if (flag) {
            for (String each : List.of(CALLER, "present")) {
                if (fields.has(each) && !node.path(each).asBoolean(false)) {
                    throw Fields.invalid(FieldPath.of(each), Fields.shown(node.path(each)), "true");
                }
            }
        }
        return new Condition(
                switch (kind) {
                    case "header" -> Condition.Kind.HEADER;
                    case "parameter" -> Condition.Kind.PARAMETER;
                    default -> Condition.Kind.CALLER;
                },
                kind.equals(CALLER) ? "" : fields.text(kind),
                TESTS.getOrDefault(test, Condition.Test.EQUALS),
                test.equals("present") ? "" : fields.text(test));
    }

    static void write(ArrayNode list, List<Condition> conditions) {
        for (Condition condition : conditions) {
            ObjectNode node = list.addObject();
            switch (condition.kind()) {
                case HEADER -> node.put("header", condition.name());
                case PARAMETER -> node.put("parameter", condition.name());
                case CALLER -> node.put(CALLER, true);
            }
            switch (condition.test()) {
                case EQUALS -> node.put("equals", condition.value());
                case PREFIX -> node.put("prefix", condition.value());
                case REGEX -> node.put("regex", condition.value());
                case PRESENT -> node.put("present", true);
            }
        }
    }

    /// In a few words, as the JSON has it.
    static String words(Condition condition) {
        String what = condition.kind() == Condition.Kind.CALLER
                ? CALLER
                : (condition.kind() == Condition.Kind.HEADER ? "header " : "parameter ") + condition.name();
        return switch (condition.test()) {
            case EQUALS -> "%s equals '%s'".formatted(what, condition.value());
            case PREFIX -> "%s begins with '%s'".formatted(what, condition.value());
            case REGEX -> "%s matches '%s'".formatted(what, condition.value());
            case PRESENT -> what + " is present";
        };
    }
}
