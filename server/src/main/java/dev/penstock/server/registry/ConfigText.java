package dev.penstock.server.registry;

import com.google.protobuf.TextFormat;
import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelConfig;
import java.util.List;

/// Reads the text of a `config.pbtxt`. Pure.
final class ConfigText {
    /// So begins the parser's only message that is not about broken text; the unknown fields follow, one a line, as
    /// `line:column:` and the full name.
    private static final String UNKNOWN_FIELDS = "Input contains unknown fields and/or extensions:";

    private ConfigText() {}

    /// What was read.
    ///
    /// @param warnings the fields that nobody knows, each with its line
    record Parsed(ModelConfig config, List<String> warnings) {
        Parsed {
            warnings = List.copyOf(warnings);
        }
    }

    /// @throws ModelLoadException with line and column if it is not the text form of a [ModelConfig]
    static Parsed parse(String text) {
        ModelConfig.Builder builder = ModelConfig.newBuilder();
        try {
            TextFormat.Parser.newBuilder().build().merge(text, builder);
            return new Parsed(builder.build(), List.of());
        } catch (TextFormat.ParseException e) {
            String message = String.valueOf(e.getMessage());
            int start = message.indexOf(UNKNOWN_FIELDS);
            if (start < 0) {
                throw new ModelLoadException(FolderReader.CONFIG_FILE + ":" + message, e);
            }
            // The parser complains of unknown fields only after it has read all others into the builder.
            List<String> unknown = message.substring(start + UNKNOWN_FIELDS.length())
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(ConfigText::unknownField)
                    .toList();
            return new Parsed(builder.build(), unknown);
        }
    }

    private static String unknownField(String line) {
        String[] parts = line.split(":", 3);
        String name = parts[2].strip().replaceFirst("^inference\\.", "");
        return "%s:%s: unknown field '%s' is ignored".formatted(FolderReader.CONFIG_FILE, parts[0], name);
    }
}
