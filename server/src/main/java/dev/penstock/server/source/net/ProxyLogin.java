package dev.penstock.server.source.net;

import dev.penstock.core.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who this server is to its proxy (`Basic`). Immutable; never shown.
public final class ProxyLogin {
    public static final String USER = "PENSTOCK_SOURCES_PROXY_USER";
    public static final String PASSWORD = "PENSTOCK_SOURCES_PROXY_PASSWORD";
    public static final String PASSWORD_FILE = "PENSTOCK_SOURCES_PROXY_PASSWORD_FILE";

    private final String authorization;

    private ProxyLogin(String user, String password) {
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        this.authorization = "Basic " + Base64.getEncoder().encodeToString(both);
    }

    /// @param environment has the user, and the password or the name of a file that has it
    /// @return null if it has no user
    /// @throws IllegalArgumentException if it has a part of it only, or two passwords
    public static @Nullable ProxyLogin of(Map<String, String> environment) {
        String user = environment.getOrDefault(USER, "");
        String password = environment.getOrDefault(PASSWORD, "");
        String file = environment.getOrDefault(PASSWORD_FILE, "");
        Check.argument(
                !user.isEmpty() || (password.isEmpty() && file.isEmpty()),
                "there is a password for the proxy, but no user (expected: %s)",
                USER);
        Check.argument(
                password.isEmpty() || file.isEmpty(),
                "there are two passwords for the proxy (expected: %s, or %s)",
                PASSWORD,
                PASSWORD_FILE);
        Check.argument(user.indexOf(':') < 0, "%s has a colon (expected: none)", USER);
        if (user.isEmpty()) {
            return null;
        }
        return new ProxyLogin(user, file.isEmpty() ? password : read(file));
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("%s: cannot read '%s'".formatted(PASSWORD_FILE, file), e);
        }
    }

    /// The line of a request's head that says it, with its end. For the proxy alone.
    String line() {
        return "Proxy-Authorization: " + authorization + "\r\n";
    }

    @Override
    public String toString() {
        return "a user with a password";
    }
}
