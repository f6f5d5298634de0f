package dev.penstock.server.routing;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.core.ServingException;
import dev.penstock.router.split.UnitSource;
import dev.penstock.server.wire.HeaderText;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Where units are found, as JSON: `{header: x-user-id}`, `{jwtClaim: sub}`, `{cookie: uid}`, `{parameter:
/// user}` or `requestId`. Pure.
final class UnitJson {
    private static final String REQUEST_ID = "requestId";
    private static final List<UnitSource.Kind> NAMED = List.of(
            UnitSource.Kind.HEADER, UnitSource.Kind.JWT_CLAIM, UnitSource.Kind.COOKIE, UnitSource.Kind.PARAMETER);

    private UnitJson() {}

    static UnitSource read(JsonNode node) {
        if (node.isString() && node.asString().equals(REQUEST_ID)) {
            return new UnitSource(UnitSource.Kind.REQUEST_ID, "");
        }
        if (node.isObject() && node.size() == 1) {
            for (UnitSource.Kind kind : NAMED) {
                if (node.hasNonNull(word(kind))) {
                    String name = Fields.text(node.get(word(kind)), FieldPath.of(word(kind)));
                    return new UnitSource(kind, name);
                }
            }
        }
        throw ServingException.of(Mistake.wrong(
                FieldPath.HERE,
                HeaderText.quote(node.toString()),
                "requestId, or one of {header: NAME}, {jwtClaim: NAME}, {cookie: NAME}, {parameter: NAME}"));
    }

    static void write(ArrayNode list, UnitSource source) {
        if (source.kind() == UnitSource.Kind.REQUEST_ID) {
            list.add(REQUEST_ID);
        } else {
            list.addObject().put(word(source.kind()), source.name());
        }
    }

    /// As the JSON has it.
    static String words(UnitSource source) {
        return source.kind() == UnitSource.Kind.REQUEST_ID ? REQUEST_ID : word(source.kind()) + " " + source.name();
    }

    private static String word(UnitSource.Kind kind) {
        return switch (kind) {
            case HEADER -> "header";
            case JWT_CLAIM -> "jwtClaim";
            case COOKIE -> "cookie";
            case PARAMETER -> "parameter";
            case REQUEST_ID -> REQUEST_ID;
        };
    }
}
