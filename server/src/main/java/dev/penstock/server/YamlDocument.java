package dev.penstock.server;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A document of a file of YAML or JSON, or why it is none.
///
/// @param name of the file, and which document of it, if it has several
/// @param node null if it cannot be read
/// @param problem why; else ""
record YamlDocument(String name, @Nullable JsonNode node, String problem) {
    /// Before a document's first line, and behind its last one. Nothing else in YAML begins a line so.
    private static final Pattern BEGINS = Pattern.compile("(?m)^(?=---(?:\\s|$))|(?<=\n\\.\\.\\.\r?\n)");

    private static final Pattern PLACE = Pattern.compile("(?m)^ +in .*, line ([0-9]+), column");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// All of a file, in order, but for empty ones. One that cannot be read hides none of the others.
    static List<YamlDocument> of(String file, String text) {
        List<YamlDocument> all = new ArrayList<>();
        int lines = 0;
        for (String part : parts(text)) {
            all.addAll(read(file, part, lines));
            lines += (int) part.chars().filter(each -> each == '\n').count();
        }
        return all.size() < 2 ? all : numbered(file, all);
    }

    /// Each with one document or several, or none. All of the text is in them.
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        String head = "";
        for (String part : BEGINS.split(text, -1)) {
            boolean isHead = part.lines().allMatch(YamlDocument::isOfHead);
            if (!isHead) {
                parts.add(head + part);
            }
            head = isHead ? head + part : "";
        }
        parts.add(head);
        return parts;
    }

    /// Whether a line may be before the first one of a document, and belong to it.
    private static boolean isOfHead(String line) {
        return line.isBlank() || line.startsWith("%") || line.stripLeading().startsWith("#");
    }

    private static List<YamlDocument> numbered(String file, List<YamlDocument> all) {
        List<YamlDocument> numbered = new ArrayList<>();
        for (YamlDocument one : all) {
            String name = "%s, document %d".formatted(file, numbered.size() + 1);
            numbered.add(new YamlDocument(name, one.node, one.problem));
        }
        return numbered;
    }

    /// @param before lines of the file before it
    private static List<YamlDocument> read(String file, String part, int before) {
        List<YamlDocument> all = new ArrayList<>();
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(part)) {
            while (documents.hasNextValue()) {
                JsonNode node = documents.nextValue();
                if (!node.isNull() && !node.isMissingNode()) {
                    all.add(new YamlDocument(file, node, ""));
                }
            }
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            all.add(new YamlDocument(file, null, notYaml(file, before, line, String.valueOf(e.getOriginalMessage()))));
        }
        return all;
    }

    /// The parser says in what it was, where that is, what is wrong, and where.
    private static String notYaml(String file, int before, int line, String said) {
        List<String> words = said.lines().filter(text -> !text.startsWith(" ")).toList();
        int problem = line;
        Matcher place = PLACE.matcher(said);
        while (place.find()) {
            problem = Integer.parseInt(place.group(1));
        }
        return "%s:%d: not YAML: %s".formatted(file, before + problem, String.join(": ", words));
    }
}
