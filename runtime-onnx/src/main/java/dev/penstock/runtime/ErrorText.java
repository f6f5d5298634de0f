package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import java.util.regex.Pattern;

/// Makes one line for people out of what ONNX Runtime says: no colours, no line breaks, no places in its own source.
final class ErrorText {
    private static final int MAX_LENGTH = 1000;
    /// What is read at all: room for what gets removed.
    private static final int MAX_RAW_LENGTH = 4000;

    private static final Pattern PREFIX = Pattern.compile("^Error code - \\w+ - message: ");
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");
    /// A place in C++ source. It begins where a word does, which keeps the search linear.
    private static final Pattern SOURCE = Pattern.compile("(?<!\\S)\\S+\\.(?:cc|cpp|cu|cuh|h|hpp|inl):\\d+ ?"
            // The function there: `void ns::Class::function(int) const [with T = int] `.
            + "(?:[^()\\n]*::[^()\\n]*\\([^()\\n]*\\)(?: const)?(?: \\[with [^\\]\\n]*\\])? )?");
    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cntrl}]+");

    private ErrorText() {}

    static String oneLine(OrtException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getCode().name() : oneLine(message);
    }

    static String oneLine(String message) {
        String text = cut(message, MAX_RAW_LENGTH);
        text = PREFIX.matcher(text).replaceFirst("");
        text = COLOUR.matcher(text).replaceAll("");
        text = SOURCE.matcher(text).replaceAll("");
        return cut(BLANKS.matcher(text).replaceAll(" ").strip(), MAX_LENGTH);
    }

    private static String cut(String text, int maxLength) {
        return text.length() <= maxLength ? text : text.substring(0, maxLength) + "...";
    }
}
