package dev.penstock.server;

import dev.penstock.core.FieldPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLParser;

/// Where the fields and elements of a document are in its file: fields where their names are.
final class Places {
    private final Map<FieldPath, Place> places = new HashMap<>();
    private final List<FieldPath> aliases = new ArrayList<>();

    /// Lines of the file before those that the parser counts.
    private final int before;

    private Places(int before) {
        this.before = before;
    }

    /// Those of all documents that the parser reads, in order.
    ///
    /// @param before lines of the file before those that the parser counts
    static List<Places> of(JsonParser parser, int before) {
        List<Places> all = new ArrayList<>();
        while (parser.nextToken() != null) {
            Places places = new Places(before);
            places.add(parser, FieldPath.HERE);
            all.add(places);
        }
        return all;
    }

    /// @param parser at the first token of what is there; then at the last one
    private void add(JsonParser parser, FieldPath path) {
        mark(parser, path);
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                FieldPath field = path.field(parser.currentName());
                mark(parser, field);
                parser.nextToken();
                add(parser, field);
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                add(parser, path.element(i));
            }
        } else if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            aliases.add(path);
        }
    }

    private void mark(JsonParser parser, FieldPath path) {
        TokenStreamLocation at = parser.currentTokenLocation();
        places.putIfAbsent(path, new Place(before + at.getLineNr(), at.getColumnNr()));
    }

    /// Of what is missing, where it is missing.
    Place of(FieldPath path) {
        for (int size = path.steps().size(); size > 0; size--) {
            @Nullable Place place = places.get(new FieldPath(path.steps().subList(0, size)));
            if (place != null) {
                return place;
            }
        }
        return places.getOrDefault(FieldPath.HERE, new Place(before + 1, 1));
    }

    /// What only says that the same is meant as elsewhere (`*name`), which nobody follows.
    List<FieldPath> aliases() {
        return aliases;
    }
}
