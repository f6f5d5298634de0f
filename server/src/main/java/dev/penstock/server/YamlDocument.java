package dev.penstock.server;

import dev.penstock.core.FieldPath;
import dev.penstock.core.Mistake;
import dev.penstock.server.routing.RouteJson;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A document of a file of YAML or JSON, or why it is none.
///
/// @param file its name
/// @param places of what is in it; null if it cannot be read
/// @param node null if it cannot be read
/// @param problem why; else ""
record YamlDocument(
        String file, @Nullable JsonNode node, @Nullable Places places, String problem) {
    /// Before a document's first line, and behind its last one. Nothing else in YAML begins a line so.
    private static final Pattern BEGINS = Pattern.compile("(?m)^(?=---(?:\\s|$))|(?<=\n\\.\\.\\.\r?\n)");

    /// Some editors begin files with it.
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final Pattern PLACE = Pattern.compile("(?m)^ +in .*, line ([0-9]+), column ([0-9]+)");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// YAML has no tabs at the beginning of a line.
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// All of a file, in order, but for empty ones. One that cannot be read hides none of the others.
    static List<YamlDocument> of(String file, String text) {
        String unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
        if (file.endsWith(".json")) {
            return read(file, unmarked, JSON, 0);
        }
        List<YamlDocument> all = new ArrayList<>();
        int lines = 0;
        for (String part : parts(unmarked)) {
            all.addAll(read(file, part, YAML, lines));
            lines += (int) part.chars().filter(each -> each == '\n').count();
        }
        return all;
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

    /// @param before lines of the file before it
    private static List<YamlDocument> read(String file, String part, ObjectMapper mapper, int before) {
        List<YamlDocument> all = new ArrayList<>();
        try (JsonParser documents = mapper.createParser(part);
                JsonParser again = mapper.createParser(part)) {
            List<Places> places = Places.of(again, before);
            for (int i = 0; documents.nextToken() != null; i++) {
                @Nullable JsonNode node = documents.readValueAsTree();
                if (node != null && !node.isNull() && !node.isMissingNode()) {
                    all.add(new YamlDocument(file, node, places.get(i), ""));
                }
            }
        } catch (JacksonException e) {
            all.add(new YamlDocument(file, null, null, unreadable(file, before, e)));
        }
        return all;
    }

    /// The parser says in what it was, where that is, what is wrong, and where.
    private static String unreadable(String file, int before, JacksonException e) {
        String said = RouteJson.plain(e);
        List<String> words = said.lines().filter(text -> !text.startsWith(" ")).toList();
        Place at = e.getLocation() == null
                ? new Place(1, 1)
                : new Place(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
        Matcher place = PLACE.matcher(said);
        while (place.find()) {
            at = new Place(Integer.parseInt(place.group(1)), Integer.parseInt(place.group(2)));
        }
        Place there = new Place(before + at.line(), at.column());
        String form = file.endsWith(".json") ? "JSON" : "YAML";
        return "%s:%s: not %s: %s".formatted(file, there, form, String.join(": ", words));
    }

    /// That it says `*name` somewhere, which nobody follows: it would be read as the text `name`.
    List<Mistake> aliases() {
        List<FieldPath> paths = places == null ? List.of() : places.aliases();
        return paths.stream()
                .map(path -> Mistake.wrong(path, "an alias (*)", "what it stands for, as aliases are not followed"))
                .toList();
    }

    /// Where something of it is, for messages: the file, the line and the column.
    String at(FieldPath path) {
        return file + ":" + place(path);
    }

    Place place(FieldPath path) {
        return places == null ? new Place(1, 1) : places.of(path);
    }
}
