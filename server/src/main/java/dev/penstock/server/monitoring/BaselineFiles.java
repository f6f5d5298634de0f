package dev.penstock.server.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Baselines as releases before kept them: in a folder for each model, each in a file of its own. They are read
/// once, and go when the record has them. Waits for the disk.
final class BaselineFiles {
    private static final System.Logger LOG = System.getLogger(BaselineFiles.class.getName());
    private static final String ASSIGNED = "assigned";
    private static final String SUFFIX = ".json";

    private final Path folder;

    /// @param folder which need not be there
    BaselineFiles(Path folder) {
        this.folder = folder;
    }

    /// What there is of one model.
    ///
    /// @param files all that could be read
    /// @param baselines those that a version is held against first
    record Found(List<Path> files, Map<String, Baseline> baselines, Map<Long, String> held) {
        boolean isEmpty() {
            return files.isEmpty();
        }
    }

    /// What cannot be read is told, and left as it is.
    Found read(String model) {
        Path own = folder.resolve(model);
        List<Path> present = present(own);
        List<Path> files = new ArrayList<>();
        Map<Long, String> held = new HashMap<>();
        Path assigned = own.resolve(ASSIGNED + SUFFIX);
        if (present.contains(assigned) && readAssigned(assigned, held)) {
            files.add(assigned);
        }
        Map<String, Baseline> unused = new LinkedHashMap<>();
        Map<String, Baseline> found = new LinkedHashMap<>();
        for (Path file : present) {
            Baseline baseline = file.equals(assigned) ? null : read(file);
            if (baseline != null && baseline.model().equals(model)) {
                files.add(file);
                (held.containsValue(baseline.id()) ? found : unused).put(baseline.id(), baseline);
            }
        }
        found.putAll(unused);
        return new Found(files, found, held);
    }

    private static List<Path> present(Path own) {
        if (!Files.isDirectory(own)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(own)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.ERROR, "the baselines in " + own + " cannot be read", e);
            return List.of();
        }
    }

    private static boolean readAssigned(Path file, Map<Long, String> held) {
        try {
            for (Map.Entry<String, JsonNode> one :
                    JsonMapper.shared().readTree(Files.readString(file)).properties()) {
                held.put(Long.parseLong(one.getKey()), one.getValue().asString());
            }
            return true;
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, file + " cannot be read: versions learn what is usual anew", e);
            return false;
        }
    }

    private static @Nullable Baseline read(Path file) {
        try {
            return BaselineJson.read(Files.readString(file));
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the baseline " + file + " cannot be read and is left out", e);
            return null;
        }
    }

    /// The record has them. A file that does not go is told, and taken over once more after the next start.
    static void delete(Found found) {
        for (Path file : found.files()) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "{0} is in the record and cannot be deleted: {1}", file, e);
            }
        }
    }
}
