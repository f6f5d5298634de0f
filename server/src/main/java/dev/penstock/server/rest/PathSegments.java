package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.wire.HeaderText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Takes a path apart. Each segment is percent-decoded by itself, so that an encoded slash separates nothing.
final class PathSegments {
    private static final int ESCAPE_CHARS = 3;

    private PathSegments() {}

    /// @return the segments of `/a/b`; empty ones are kept
    /// @throws ServingException if a segment is not percent-encoded UTF-8
    static List<String> split(String path) {
        List<String> segments = new ArrayList<>();
        int from = path.startsWith("/") ? 1 : 0;
        int slash = path.indexOf('/', from);
        while (slash >= 0) {
            segments.add(decode(path.substring(from, slash)));
            from = slash + 1;
            slash = path.indexOf('/', from);
        }
        segments.add(decode(path.substring(from)));
        return segments;
    }

    /// One segment, percent-decoded.
    static String decode(String segment) {
        boolean plain = segment.chars().allMatch(c -> c != '%' && c < 0x80);
        if (plain) {
            return segment;
        }
        ByteBuffer octets = ByteBuffer.allocate(segment.length());
        for (int i = 0; i < segment.length(); ) {
            char c = segment.charAt(i);
            octets.put(c == '%' ? escaped(segment, i) : octet(segment, c));
            i += c == '%' ? ESCAPE_CHARS : 1;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(octets.flip()).toString();
        } catch (CharacterCodingException e) {
            throw malformed(segment);
        }
    }

    private static byte escaped(String segment, int at) {
        boolean complete = at + ESCAPE_CHARS <= segment.length()
                && HexFormat.isHexDigit(segment.charAt(at + 1))
                && HexFormat.isHexDigit(segment.charAt(at + 2));
        if (!complete) {
            throw malformed(segment);
        }
        return (byte) HexFormat.fromHexDigits(segment, at + 1, at + ESCAPE_CHARS);
    }

    /// Some clients send UTF-8 as it is; the decoder shows each byte of it as a character.
    private static byte octet(String segment, char c) {
        if (c > 0xff) {
            throw malformed(segment);
        }
        return (byte) c;
    }

    private static ServingException malformed(String segment) {
        return ServingException.invalid(
                "path segment: '%s' (expected: percent-encoded UTF-8)".formatted(HeaderText.quote(segment)));
    }
}
