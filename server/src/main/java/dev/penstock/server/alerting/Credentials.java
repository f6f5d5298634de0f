package dev.penstock.server.alerting;

import dev.penstock.core.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one receiver knows the server by, of a file that is read anew each time, so that it can be exchanged:
/// `bearer TOKEN` or `basic USER:PASSWORD`. Once there was a file, nothing is sent without it: what is
/// missing is being exchanged. Thread-safe; never shown.
final class Credentials {
    /// Of the file, after the receiver's name.
    static final String SUFFIX = ".credentials";

    private static final int MOST_BYTES = 8192;

    private final @Nullable Path file;
    private volatile boolean hadFile;

    private Credentials(@Nullable Path file) {
        this.file = file;
    }

    /// @param folder that may have a file of the receiver, or null
    /// @throws IllegalArgumentException if what there is now is none, or cannot be read
    static Credentials of(@Nullable Path folder, String receiver) {
        Credentials credentials = new Credentials(folder == null ? null : folder.resolve(receiver + SUFFIX));
        try {
            boolean _ = credentials.header().isEmpty();
        } catch (IOException e) {
            throw new IllegalArgumentException("alerts.secrets-folder: " + e.getMessage(), e);
        }
        return credentials;
    }

    /// The value of `Authorization`.
    ///
    /// @return "" if there is no file, and was none before
    /// @throws IOException if the file cannot be read
    /// @throws IllegalArgumentException if there is something else in it
    String header() throws IOException {
        Path from = file;
        if (from == null) {
            return "";
        }
        try {
            Check.argument(Files.size(from) <= MOST_BYTES, "%s: more than %d bytes", from, MOST_BYTES);
            String text = Files.readString(from).strip();
            hadFile = true;
            return header(text, from);
        } catch (NoSuchFileException e) {
            if (hadFile) {
                throw new IOException(from + ": gone (expected: the credentials that were there, or others)", e);
            }
            return "";
        } catch (IOException e) {
            throw new IOException(from + ": cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /// As [#header] has it, if there is one.
    void addTo(Map<String, String> headers) throws IOException {
        String header = header();
        if (!header.isEmpty()) {
            headers.put("Authorization", header);
        }
    }

    private static String header(String text, Path from) {
        String[] words = text.split(" +", 2);
        String scheme = words[0].toLowerCase(Locale.ROOT);
        String secret = words.length == 2 ? words[1] : "";
        boolean bearer = scheme.equals("bearer") && secret.matches("[\\x21-\\x7e]+");
        boolean basic = scheme.equals("basic") && secret.matches("[^:\\p{Cntrl}]+:[^\\p{Cntrl}]*");
        Check.argument(
                bearer || basic, "%s: no credentials in it (expected: bearer TOKEN, or basic USER:PASSWORD)", from);
        return bearer
                ? "Bearer " + secret
                : "Basic " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "credentials";
    }
}
