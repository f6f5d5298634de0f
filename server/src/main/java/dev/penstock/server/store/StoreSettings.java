package dev.penstock.server.store;

import dev.penstock.core.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// Where the record is kept.
public sealed interface StoreSettings {
    String USER_VARIABLE = "PENSTOCK_STORE_USER";
    String PASSWORD_VARIABLE = "PENSTOCK_STORE_PASSWORD";
    String PASSWORD_FILE_VARIABLE = "PENSTOCK_STORE_PASSWORD_FILE";

    /// In a file of this machine, for one server.
    record Sqlite(Path file) implements StoreSettings {
        public Sqlite {
            Check.argument(file.getNameCount() > 0, "store: '%s' (expected: a file)", file);
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /// In a database, for any number of servers.
    ///
    /// @param url `jdbc:postgresql://host:port/database`; its parameter `currentSchema` is `penstock` if it is
    ///     not said
    /// @param user "" for the driver's own way: the name of the process's user
    /// @param password "" for the driver's own way: `~/.pgpass` or none; never shown
    record Postgres(String url, String user, String password) implements StoreSettings {
        static final String PREFIX = "jdbc:postgresql:";

        public Postgres {
            Check.argument(
                    url.startsWith(PREFIX),
                    "store: '%s' (expected: a file, or jdbc:postgresql://host:port/database)",
                    url);
            // Not shown: it may be what is forbidden here.
            Check.argument(
                    !url.toLowerCase(Locale.ROOT).contains("password=") && !url.contains("@"),
                    "store: the URL has a user or password in it (expected: in %s and %s, or a file named by %s)",
                    USER_VARIABLE,
                    PASSWORD_VARIABLE,
                    PASSWORD_FILE_VARIABLE);
        }

        @Override
        public String toString() {
            return url;
        }
    }

    /// @param url of a PostgreSQL database, or "" for the file
    /// @param environment where the database's user and password are, or the name of the file with the password
    static StoreSettings of(String url, Path file, Map<String, String> environment) {
        if (url.isEmpty()) {
            return new Sqlite(file);
        }
        return new Postgres(url, environment.getOrDefault(USER_VARIABLE, ""), password(environment));
    }

    private static String password(Map<String, String> environment) {
        String file = environment.getOrDefault(PASSWORD_FILE_VARIABLE, "");
        if (file.isEmpty()) {
            return environment.getOrDefault(PASSWORD_VARIABLE, "");
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new StoreException(
                    StoreException.Reason.UNREADABLE,
                    "%s: cannot read '%s': %s".formatted(PASSWORD_FILE_VARIABLE, file, e.getMessage()),
                    e);
        }
    }
}
