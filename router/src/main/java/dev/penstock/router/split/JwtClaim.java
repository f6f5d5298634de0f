package dev.penstock.router.split;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Reads one claim of a JSON Web Token: a string or a number at the top of its payload. Nobody checks the
/// signature.
final class JwtClaim {
    private final String json;
    private int at;

    private JwtClaim(String json) {
        this.json = json;
    }

    /// @return null if the token is none, or has no such claim
    static @Nullable String of(String token, String name) {
        int first = token.indexOf('.');
        int second = first < 0 ? -1 : token.indexOf('.', first + 1);
        if (second < 0) {
            return null;
        }
        try {
            byte[] payload = Base64.getUrlDecoder().decode(token.substring(first + 1, second));
            return new JwtClaim(new String(payload, UTF_8)).find(name);
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            // Not base64url, or JSON that ends in the middle.
            return null;
        }
    }

    private @Nullable String find(String name) {
        expect('{');
        while (next() == '"') {
            String key = string();
            expect(':');
            if (key.equals(name)) {
                return value();
            }
            skip();
            if (next() != ',') {
                return null;
            }
            at++;
        }
        return null;
    }

    private @Nullable String value() {
        char begin = next();
        if (begin == '"') {
            return string();
        }
        if (begin == '-' || (begin >= '0' && begin <= '9')) {
            int from = at;
            while ("+-.eE0123456789".indexOf(json.charAt(at)) >= 0) {
                at++;
            }
            return json.substring(from, at);
        }
        return null;
    }

    /// The next character that is not white, which stays.
    private char next() {
        while (json.charAt(at) <= ' ') {
            at++;
        }
        return json.charAt(at);
    }

    private void expect(char character) {
        if (next() != character) {
            throw new IllegalArgumentException("'" + next() + "' (expected: '" + character + "')");
        }
        at++;
    }

    /// Goes behind a value, whatever is in it.
    private void skip() {
        int depth = 0;
        do {
            char character = next();
            switch (character) {
                case '"' -> string();
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case ',', ':' -> at++;
                default -> skipWord();
            }
        } while (depth > 0);
    }

    private void skipWord() {
        while (" \t\r\n,:{}[]\"".indexOf(json.charAt(at)) < 0) {
            at++;
        }
    }

    private String string() {
        expect('"');
        StringBuilder text = new StringBuilder();
        for (char character = json.charAt(at++); character != '"'; character = json.charAt(at++)) {
            text.append(character == '\\' ? escaped() : character);
        }
        return text.toString();
    }

    private char escaped() {
        char code = json.charAt(at++);
        return switch (code) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                at += 4;
                yield (char) Integer.parseInt(json.substring(at - 4, at), 16);
            }
            default -> code;
        };
    }
}
