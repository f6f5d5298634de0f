package dev.penstock.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The alias that a route's default arm stands for, as the route's JSON has it.
final class ComparedAlias {
    private static final char SEPARATOR = '@';

    private ComparedAlias() {}

    /// @return such as `fraud@stable`; "" for a route that is not there or cannot be read, or whose default arm
    ///     stands for no alias
    static String of(Connection connection, String route) throws SQLException {
        Optional<RouteRecord> record = RouteReader.route(connection, route);
        return record.isEmpty() ? "" : of(record.get().spec());
    }

    static String of(String spec) {
        try {
            JsonNode standard = JsonMapper.shared().readTree(spec).path("default");
            String target = standard.path("target").asString(standard.asString(""));
            int behind = target.lastIndexOf(SEPARATOR) + 1;
            // What begins with a digit is a version.
            boolean isAlias = behind > 0 && behind < target.length() && !Character.isDigit(target.charAt(behind));
            return isAlias ? target : "";
        } catch (JacksonException _) {
            return "";
        }
    }
}
