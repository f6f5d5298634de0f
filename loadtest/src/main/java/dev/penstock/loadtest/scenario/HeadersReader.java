package dev.penstock.loadtest.scenario;

import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.target.AskedHeaders;
import dev.penstock.loadtest.target.TargetProtocol;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Reads what a mix's entry says about the headers of its requests.
final class HeadersReader {
    private static final String CALLER = "x-penstock-caller";

    private HeadersReader() {}

    /// @return by lower-case name
    /// @throws ScenarioError if one cannot be sent, or the client says it itself
    static Map<String, String> read(Keys entry, TargetProtocol protocol) {
        Map<String, String> headers = new LinkedHashMap<>();
        entry.object("headers")
                .ifPresent(names -> names.all().forEach((name, value) -> {
                    refuseOwn(names, protocol, name);
                    headers.put(name.toLowerCase(Locale.ROOT), value.asString());
                }));
        entry.text("caller").ifPresent(caller -> headers.put(CALLER, caller));
        try {
            var _ = Payload.of("/", headers, new byte[0]);
        } catch (IllegalArgumentException e) {
            throw new ScenarioError(entry.where("headers") + ": " + e.getMessage());
        }
        return headers;
    }

    private static void refuseOwn(Keys names, TargetProtocol protocol, String name) {
        AskedHeaders.refusal(protocol, name).ifPresent(reason -> {
            throw new ScenarioError(names.where(name) + ": '" + name + "': " + reason);
        });
    }
}
