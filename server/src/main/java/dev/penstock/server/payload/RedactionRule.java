package dev.penstock.server.payload;

import dev.penstock.core.Glob;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/// What happens to fields with names of one pattern.
///
/// @param model pattern of the models that it is for
/// @param name pattern of the fields; `*` stands for any characters; any for what has no name
record RedactionRule(Pattern model, Field field, Pattern name, Redaction redaction) {
    private static final String EXPECTED = "(expected: FIELD:NAME=ACTION or MODEL/FIELD:NAME=ACTION; FIELD is one of"
            + " tensor, input, output, parameter and header, ACTION one of drop, hash and mask, and * in a name is"
            + " any text; or id=ACTION or MODEL/id=ACTION, with drop or hash)";

    /// Where a field is.
    enum Field {
        /// Inputs and outputs.
        TENSOR,
        INPUT,
        OUTPUT,
        PARAMETER,
        HEADER,
        /// The caller's own of the request, which has no name.
        ID;

        boolean covers(Field other) {
            return this == other || (this == TENSOR && (other == INPUT || other == OUTPUT));
        }
    }

    /// @throws IllegalArgumentException saying what is wrong
    static RedactionRule parse(String text) {
        int equals = text.lastIndexOf('=');
        int colon = text.indexOf(':');
        boolean named = colon >= 0;
        if (colon == 0 || equals <= colon + 1) {
            throw wrong(text);
        }
        String place = text.substring(0, named ? colon : equals).strip();
        int slash = place.lastIndexOf('/');
        String model = slash < 0 ? "*" : place.substring(0, slash).strip();
        Field field = word(Field.class, place.substring(slash + 1), text);
        Redaction redaction = word(Redaction.class, text.substring(equals + 1), text);
        boolean id = field == Field.ID;
        // Ids that are all alike would be none.
        if (redaction == Redaction.NONE || id == named || (id && redaction == Redaction.MASK)) {
            throw wrong(text);
        }
        boolean header = field == Field.HEADER;
        String name = id ? "*" : text.substring(colon + 1, equals).strip();
        return new RedactionRule(
                Glob.pattern(model), field, header ? Glob.ofAnyCase(name) : Glob.pattern(name), redaction);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("payload.redact: '%s' %s".formatted(text, EXPECTED));
    }

    private static <E extends Enum<E>> E word(Class<E> type, String word, String text) {
        String wanted = word.strip().toUpperCase(Locale.ROOT);
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> wrong(text));
    }

    boolean covers(String modelName, Field where, String fieldName) {
        return field.covers(where)
                && model.matcher(modelName).matches()
                && name.matcher(fieldName).matches();
    }
}
