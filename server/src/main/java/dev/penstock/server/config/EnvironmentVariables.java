package dev.penstock.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Reads settings from variables that start with `PENSTOCK_`.
final class EnvironmentVariables {
    /// Variables that the launcher and this program read themselves.
    static final Set<String> OTHERS = Set.of(
            "PENSTOCK_ALERTS_SECRET",
            "PENSTOCK_HOME",
            "PENSTOCK_COMMAND",
            "PENSTOCK_CONFIG",
            "PENSTOCK_FILES_KEY",
            "PENSTOCK_JAVA_OPTS",
            "PENSTOCK_NATIVES",
            "PENSTOCK_NO_BUILD",
            "PENSTOCK_SOURCES_PROXY_USER",
            "PENSTOCK_SOURCES_PROXY_PASSWORD",
            "PENSTOCK_SOURCES_PROXY_PASSWORD_FILE",
            "PENSTOCK_STORE_USER",
            "PENSTOCK_STORE_PASSWORD",
            "PENSTOCK_STORE_PASSWORD_FILE");

    private static final Map<String, Key<?>> BY_NAME =
            Keys.ALL.stream().collect(Collectors.toUnmodifiableMap(Key::environmentName, Function.identity()));

    /// What Kubernetes puts into every container of a namespace that has a service called penstock.
    private static final Pattern SERVICE_LINK =
            Pattern.compile("PENSTOCK(_\\w+)?_SERVICE_(HOST|PORT(_\\w+)?)|PENSTOCK(_\\w+)?_PORT_\\d+_\\w+");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private EnvironmentVariables() {}

    /// @param problems gets a line for each variable that nobody knows
    static List<Assignment> read(Map<String, String> environment, List<String> problems) {
        List<Assignment> assignments = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!name.startsWith(Key.ENVIRONMENT_PREFIX) || OTHERS.contains(name) || isServiceLink(name, value)) {
                return;
            }
            Key<?> key = BY_NAME.get(name);
            if (key == null) {
                problems.add("unknown environment variable " + name + Nearest.hint(name, BY_NAME.keySet()));
            } else {
                assignments.add(new Assignment(
                        key.name(), ListText.split(key, value), new Origin(Origin.Source.ENVIRONMENT, name)));
            }
        });
        return assignments;
    }

    private static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK.matcher(name).matches()
                || SERVICE_ADDRESS.matcher(value).matches();
    }
}
