package dev.penstock.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;

/// Reads settings from a YAML file. Keys may be nested, dotted, or both; the line of each is kept.
final class YamlFile {
    private final Path file;
    private final List<String> problems;
    private final List<Assignment> assignments = new ArrayList<>();
    private final Map<String, Integer> lines = new HashMap<>();

    private YamlFile(Path file, List<String> problems) {
        this.file = file;
        this.problems = problems;
    }

    /// @param problems gets a line for each thing that is wrong with the file
    static List<Assignment> read(Path file, List<String> problems) {
        YamlFile yaml = new YamlFile(file, problems);
        try {
            yaml.readDocument(Files.readString(file));
        } catch (JacksonException e) {
            TokenStreamLocation location = e.getLocation();
            int line = location == null ? 1 : location.getLineNr();
            problems.add("%s:%d: not YAML: %s".formatted(file, line, firstLine(e.getOriginalMessage())));
        } catch (IOException e) {
            problems.add("cannot read the configuration file " + file + ": " + reason(e));
        }
        return yaml.assignments;
    }

    private void readDocument(String text) {
        try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null || first == JsonToken.VALUE_NULL) {
                return;
            }
            if (first != JsonToken.START_OBJECT) {
                problem(parser, "expected keys and values, e.g. http.port: 8000");
                return;
            }
            readGroup(parser, "");
            if (parser.nextToken() != null) {
                problem(parser, "expected the end: there may be only one document");
            }
        }
    }

    private void readGroup(JsonParser parser, String prefix) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = prefix + parser.currentName();
            int line = line(parser);
            switch (parser.nextToken()) {
                case START_OBJECT -> readGroup(parser, name + ".");
                case START_ARRAY -> readList(parser, name, line);
                case VALUE_NULL -> problems.add("%s:%d: %s has no value".formatted(file, line, name));
                default -> assign(name, null, parser.getString(), line);
            }
        }
    }

    private void readList(JsonParser parser, String name, int line) {
        List<String> texts = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token.isScalarValue()) {
                texts.add(parser.getString());
            } else {
                problem(parser, name + " has a list item that is not a plain value");
                parser.skipChildren();
            }
        }
        assign(name, texts, "", line);
    }

    private void assign(String name, @Nullable List<String> list, String text, int line) {
        Key<?> key = Keys.byName(name);
        Integer earlier = lines.putIfAbsent(name, line);
        if (key == null) {
            problems.add("%s:%d: unknown key %s%s".formatted(file, line, name, suggestion(name)));
        } else if (earlier != null) {
            problems.add("%s:%d: %s is given twice, first in line %d".formatted(file, line, name, earlier));
        } else if (list != null && !key.kind().many()) {
            problems.add("%s:%d: %s is a list (expected: %s)"
                    .formatted(file, line, name, key.kind().expected()));
        } else {
            Origin origin = new Origin(Origin.Source.FILE, file + ":" + line);
            assignments.add(new Assignment(name, list == null ? ListText.split(key, text) : list, origin));
        }
    }

    private static String suggestion(String name) {
        List<String> names = Keys.ALL.stream().map(Key::name).toList();
        List<String> members =
                names.stream().filter(known -> known.startsWith(name + ".")).toList();
        return members.isEmpty() ? Nearest.hint(name, names) : "; it is a group: " + String.join(", ", members);
    }

    private void problem(JsonParser parser, String message) {
        problems.add("%s:%d: %s".formatted(file, line(parser), message));
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "no reason given" : message.lines().findFirst().orElse("");
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }
}
