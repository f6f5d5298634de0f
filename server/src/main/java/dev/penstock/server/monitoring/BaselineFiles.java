package dev.penstock.server.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    /// @param files all that could be read, each with the ids of the baselines that it is about
    /// @param baselines those that a version is held against first
    record Found(Map<Path, Set<String>> files, Map<String, Baseline> baselines, Map<Long, String> held) {
        boolean isEmpty() {
            return files.isEmpty();
        }
    }

    /// What cannot be read is told, and left as it is.
    Found read(String model) {
        Path own = folder.resolve(model);
        List<Path> present = present(own);
        Map<Path, Set<String>> files = new LinkedHashMap<>();
        Map<Long, String> held = new HashMap<>();
        Path assigned = own.resolve(ASSIGNED + SUFFIX);
        boolean isAssigned = present.contains(assigned) && readAssigned(assigned, held);
        Map<String, Baseline> unused = new LinkedHashMap<>();
        Map<String, Baseline> found = new LinkedHashMap<>();
        for (Path file : present) {
            Baseline baseline = file.equals(assigned) ? null : read(file);
            if (baseline != null && baseline.model().equals(model)) {
                files.put(file, Set.of(baseline.id()));
                (held.containsValue(baseline.id()) ? found : unused).put(baseline.id(), baseline);
            }
        }
        found.putAll(unused);
        if (isAssigned) {
            Set<String> there = new HashSet<>(held.values());
            there.retainAll(found.keySet());
            files.put(assigned, there);
        }
        return new Found(files, found, held);
    }

    private static List<Path> present(Path own) {
        if (!Files.isDirectory(own)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(own)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
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

    /// Those that the record has. A file that does not go is told, and taken over once more after the next
    /// start.
    ///
    /// @param recorded ids of those
    static void delete(Found found, Set<String> recorded) {
        for (Map.Entry<Path, Set<String>> one : found.files().entrySet()) {
            if (!recorded.containsAll(one.getValue())) {
                continue;
            }
            Path file = one.getKey();
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "{0} is in the record and cannot be deleted: {1}", file, e);
            }
        }
    }
}
