package dev.penstock.server.monitoring;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The baselines of all models, and which version is held against which; in the data folder, if there is one,
/// each in a file of its own that is there whole or not at all. Not thread-safe.
final class BaselineStore {
    /// Of one model.
    static final int MOST = 64;

    private static final System.Logger LOG = System.getLogger(BaselineStore.class.getName());
    private static final String ASSIGNED = "assigned";
    private static final String SUFFIX = ".json";

    private final @Nullable Path folder;
    private final Map<String, Kept> models = new HashMap<>();

    /// Of one model, the oldest first.
    private record Kept(Map<String, Baseline> baselines, Map<Long, String> assigned) {}

    /// @param folder which need not be there; null keeps nothing
    BaselineStore(@Nullable Path folder) {
        this.folder = folder;
    }

    List<Baseline> of(String model) {
        return List.copyOf(kept(model).baselines().values());
    }

    @Nullable
    Baseline find(String model, String id) {
        return kept(model).baselines().get(id);
    }

    /// What a version is held against, or null.
    @Nullable
    Baseline assigned(String model, long version) {
        Kept kept = kept(model);
        String id = kept.assigned().get(version);
        return id == null ? null : kept.baselines().get(id);
    }

    /// @return false if the model has as many as it may have
    /// @throws IOException if it cannot be kept; then nothing has changed
    boolean add(Baseline baseline) throws IOException {
        Kept kept = kept(baseline.model());
        if (kept.baselines().containsKey(baseline.id())) {
            return true;
        }
        if (kept.baselines().size() >= MOST) {
            return false;
        }
        write(baseline.model(), baseline.id(), BaselineJson.write(baseline));
        kept.baselines().put(baseline.id(), baseline);
        return true;
    }

    /// @throws IOException if it cannot be kept; then nothing has changed
    void assign(String model, long version, String id) throws IOException {
        Kept kept = kept(model);
        ObjectNode json = JsonMapper.shared().createObjectNode();
        kept.assigned().forEach((number, old) -> json.put(Long.toString(number), old));
        json.put(Long.toString(version), id);
        write(model, ASSIGNED, json.toString());
        kept.assigned().put(version, id);
    }

    private void write(String model, String name, String text) throws IOException {
        Path all = folder;
        if (all == null) {
            return;
        }
        Path own = all.resolve(model);
        if (!Files.isDirectory(own)) {
            Files.createDirectories(own);
            force(all, StandardOpenOption.READ);
            force(Objects.requireNonNull(all.toAbsolutePath().getParent()), StandardOpenOption.READ);
        }
        Path part = own.resolve(name + ".part");
        Files.writeString(part, text);
        force(part, StandardOpenOption.WRITE);
        Files.move(
                part, own.resolve(name + SUFFIX), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force(own, StandardOpenOption.READ);
    }

    private static void force(Path path, StandardOpenOption access) throws IOException {
        try (FileChannel channel = FileChannel.open(path, access)) {
            channel.force(true);
        }
    }

    private Kept kept(String model) {
        return models.computeIfAbsent(model, this::read);
    }

    private Kept read(String model) {
        Kept kept = new Kept(new LinkedHashMap<>(), new HashMap<>());
        Path all = folder;
        Path own = all == null ? null : all.resolve(model);
        if (own == null || !Files.isDirectory(own)) {
            return kept;
        }
        try (Stream<Path> files = Files.list(own)) {
            files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().forEach(file -> read(file, kept));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "the baselines in " + own + " cannot be read", e);
        }
        return kept;
    }

    private static void read(Path file, Kept kept) {
        try {
            String text = Files.readString(file);
            if (file.endsWith(ASSIGNED + SUFFIX)) {
                for (Map.Entry<String, JsonNode> one :
                        JsonMapper.shared().readTree(text).properties()) {
                    kept.assigned()
                            .put(Long.parseLong(one.getKey()), one.getValue().asString());
                }
            } else {
                Baseline baseline = BaselineJson.read(text);
                kept.baselines().put(baseline.id(), baseline);
            }
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the baseline " + file + " cannot be read and is left out", e);
        }
    }
}
