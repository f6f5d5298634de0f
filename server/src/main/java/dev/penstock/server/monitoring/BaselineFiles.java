package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.server.store.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Baselines in a folder for each model, each in a file of its own that is there whole or not at all. Waits for
/// the disk.
final class BaselineFiles {
    private static final System.Logger LOG = System.getLogger(BaselineFiles.class.getName());
    private static final String ASSIGNED = "assigned";
    private static final String SUFFIX = ".json";

    private final Path folder;

    /// @param folder which need not be there
    BaselineFiles(Path folder) {
        this.folder = folder;
    }

    void write(Baseline baseline) throws IOException {
        write(baseline.model(), baseline.id(), BaselineJson.write(baseline));
    }

    /// Which version is held against which.
    void write(String model, Map<Long, String> assigned) throws IOException {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        assigned.forEach((number, id) -> json.put(Long.toString(number), id));
        write(model, ASSIGNED, json.toString());
    }

    private void write(String model, String name, String text) throws IOException {
        Path own = folder.resolve(model);
        if (!Files.isDirectory(own)) {
            Files.createDirectories(own);
            DurableFile.force(folder, StandardOpenOption.READ);
            DurableFile.force(Objects.requireNonNull(folder.toAbsolutePath().getParent()), StandardOpenOption.READ);
        }
        DurableFile.replace(own.resolve(name + SUFFIX), text);
    }

    void delete(String model, String id) throws IOException {
        Files.deleteIfExists(folder.resolve(model).resolve(id + SUFFIX));
    }

    /// @param why it is not to be there; told of what went wrong besides
    void delete(Baseline baseline, IOException why) {
        try {
            delete(baseline.model(), baseline.id());
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /// Those that find room. What cannot be read is told, and left out.
    ModelBaselines read(String model, RecordingMemory memory) {
        Path own = folder.resolve(model);
        if (!Files.isDirectory(own)) {
            return ModelBaselines.NOTHING;
        }
        try (Stream<Path> files = Files.list(own)) {
            List<Path> present = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
            Path assigned = own.resolve(ASSIGNED + SUFFIX);
            Map<Long, String> held = present.contains(assigned) ? readAssigned(assigned) : Map.of();
            Map<String, Baseline> found = new LinkedHashMap<>();
            // What versions are held against finds room before anything else.
            int without = read(present, held, found, true, memory) + read(present, held, found, false, memory);
            if (without > 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0} baselines in {1} find no room and are left out (expected: more in monitoring.max-bytes)",
                        without,
                        own);
            }
            return new ModelBaselines(found, held);
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.ERROR, "the baselines in " + own + " cannot be read", e);
            return ModelBaselines.NOTHING;
        }
    }

    /// @return how many found no room
    private static int read(
            List<Path> files,
            Map<Long, String> held,
            Map<String, Baseline> found,
            boolean inUse,
            RecordingMemory memory) {
        int without = 0;
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            String id = name.substring(0, name.length() - SUFFIX.length());
            if (!id.equals(ASSIGNED) && held.containsValue(id) == inUse) {
                without += read(file, found, memory) ? 0 : 1;
            }
        }
        return without;
    }

    private static Map<Long, String> readAssigned(Path file) {
        Map<Long, String> held = new HashMap<>();
        try {
            for (Map.Entry<String, JsonNode> one :
                    JsonMapper.shared().readTree(Files.readString(file)).properties()) {
                held.put(Long.parseLong(one.getKey()), one.getValue().asString());
            }
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, file + " cannot be read: versions learn what is usual anew", e);
        }
        return held;
    }

    /// @return false if it found no room
    private static boolean read(Path file, Map<String, Baseline> found, RecordingMemory memory) {
        try {
            Baseline baseline = BaselineJson.read(Files.readString(file));
            if (!memory.tryReserve(baseline.bytes())) {
                return false;
            }
            found.put(baseline.id(), baseline);
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the baseline " + file + " cannot be read and is left out", e);
        }
        return true;
    }
}
