package dev.penstock.server.rest.text;

import java.nio.charset.StandardCharsets;

/// Numbers as text and back, for tests.
final class Texts {
    private Texts() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// The whole text as one number.
    static long bits(String text, FloatFormat format) {
        NumberScanner scanner = scanner(text);
        long bits = scanner.nextBits(format);
        if (scanner.position() != text.length()) {
            throw new AssertionError(text + " was read up to " + scanner.position());
        }
        return bits;
    }

    static NumberScanner scanner(String text) {
        byte[] bytes = bytes(text);
        NumberScanner scanner = new NumberScanner(true);
        scanner.reset(bytes, 0, bytes.length);
        return scanner;
    }

    static String text(long bits, FloatFormat format) {
        byte[] out = new byte[NumberWriter.ROOM_BYTES];
        int end = NumberWriter.writeBits(bits, format, out, 0);
        return new String(out, 0, end, StandardCharsets.US_ASCII);
    }

    static String text(float value) {
        return text(Float.floatToRawIntBits(value), FloatFormat.FP32);
    }

    static String text(double value) {
        return text(Double.doubleToRawLongBits(value), FloatFormat.FP64);
    }

    /// Digits of a number's text that are not zeros at either end.
    static int significantDigits(String text) {
        int digits = 0;
        int zeros = 0;
        for (int i = 0; i < text.length() && (text.charAt(i) | 0x20) != 'e'; i++) {
            char character = text.charAt(i);
            if (character == '0' && digits > 0) {
                zeros++;
            } else if (character > '0' && character <= '9') {
                digits += zeros + 1;
                zeros = 0;
            }
        }
        return digits;
    }
}
