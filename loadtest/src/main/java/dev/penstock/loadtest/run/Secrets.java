package dev.penstock.loadtest.run;

import dev.penstock.loadtest.scenario.MixEntry;
import dev.penstock.loadtest.scenario.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Takes values of headers out of what is written down: results are shared, and headers carry tokens.
public final class Secrets {
    /// Stands for a value that is not told.
    static final String MASK = "***";

    private static final String FLAG = "--header";

    /// Headers of this server, none of which is a secret.
    private static final String KNOWN = "x-penstock-";

    private Secrets() {}

    /// The same scenario without values of headers.
    public static Scenario masked(Scenario scenario) {
        List<MixEntry> mix = scenario.mix().stream()
                .map(entry -> new MixEntry(
                        entry.name(),
                        entry.model(),
                        entry.version(),
                        entry.weight(),
                        entry.inputs(),
                        masked(entry.headers())))
                .toList();
        return new Scenario(
                scenario.name(),
                scenario.target(),
                scenario.protocol(),
                scenario.metrics(),
                scenario.pid(),
                mix,
                scenario.loads(),
                scenario.connecting(),
                scenario.tempo(),
                scenario.slo(),
                scenario.search(),
                scenario.sweep(),
                scenario.shares(),
                scenario.seed());
    }

    private static Map<String, String> masked(Map<String, String> headers) {
        Map<String, String> masked = new LinkedHashMap<>(headers);
        masked.replaceAll((name, value) -> name.startsWith(KNOWN) ? value : MASK);
        return masked;
    }

    /// The same arguments without values of headers.
    public static List<String> masked(List<String> arguments) {
        List<String> masked = new ArrayList<>();
        boolean follows = false;
        for (String argument : arguments) {
            boolean joined = argument.startsWith(FLAG + "=");
            masked.add(
                    follows
                            ? header(argument)
                            : joined ? FLAG + "=" + header(argument.substring(FLAG.length() + 1)) : argument);
            follows = !follows && argument.equals(FLAG);
        }
        return masked;
    }

    private static String header(String text) {
        int end = text.indexOf('=');
        return end < 0 || text.startsWith(KNOWN) ? text : text.substring(0, end + 1) + MASK;
    }
}
