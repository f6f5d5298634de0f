package dev.penstock.loadtest.target;

import java.util.List;

/// What a server says it is.
///
/// @param name empty if it does not say, as with V1
/// @param version empty if it does not say
/// @param extensions of the protocol that it has
public record ServerInfo(String name, String version, List<String> extensions) {
    static final ServerInfo UNKNOWN = new ServerInfo("", "", List.of());

    public ServerInfo {
        extensions = List.copyOf(extensions);
    }
}
