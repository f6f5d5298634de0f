package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.wire.HeaderLines;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Credentials of hosts, as headers in one file per host: lines `Name: value`. Read anew each time, so
/// that they can be rotated.
///
/// `<host>` is for `https` on any port; only `<host>_<port>` is also sent without encryption.
final class HeaderFiles {
    private final @Nullable Path folder;

    HeaderFiles(@Nullable Path folder) {
        this.folder = folder;
    }

    Map<String, String> forHost(URI uri) {
        if (folder == null) {
            return Map.of();
        }
        boolean encrypted = "https".equalsIgnoreCase(uri.getScheme());
        String host = uri.getHost()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[\\[\\]]", "")
                .replace(':', '-');
        int port = uri.getPort() >= 0 ? uri.getPort() : encrypted ? 443 : 80;
        Path exact = folder.resolve(host + "_" + port);
        if (Files.isRegularFile(exact)) {
            return read(exact);
        }
        Path any = folder.resolve(host);
        return encrypted && Files.isRegularFile(any) ? read(any) : Map.of();
    }

    private static Map<String, String> read(Path file) {
        try {
            return HeaderLines.read(file);
        } catch (IllegalArgumentException e) {
            throw new FetchException(
                    Reason.REFUSED, "the header file " + file + " has a line that is not 'Name: value'", e);
        } catch (IOException e) {
            throw new FetchException(Reason.DISK, "the header file " + file + " cannot be read", e);
        }
    }
}
