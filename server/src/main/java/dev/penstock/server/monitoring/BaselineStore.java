package dev.penstock.server.monitoring;

import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.server.store.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
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
    private final RecordingMemory memory;
    private final Map<String, Kept> models = new HashMap<>();

    /// Of one model, the oldest first.
    private record Kept(Map<String, Baseline> baselines, Map<Long, String> assigned) {}

    /// @param folder which need not be there; null keeps nothing
    /// @param memory in which they find room, or do not
    BaselineStore(@Nullable Path folder, RecordingMemory memory) {
        this.folder = folder;
        this.memory = memory;
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

    /// Where there is no room, learned ones that no version needs make some, the oldest first.
    ///
    /// @param needed versions of the model that serve, or may at any time
    /// @return why there is no room, or "" if it is kept
    /// @throws IOException if it cannot be kept; then it is not
    String add(Baseline baseline, LongPredicate needed) throws IOException {
        Kept kept = kept(baseline.model());
        if (kept.baselines().containsKey(baseline.id())) {
            return "";
        }
        // Read once: others give memory back, and take it, at any time.
        long free = memory.maxBytes() - memory.reservedBytes();
        List<Baseline> going = making(kept, baseline, needed, free);
        if (going == null) {
            return full(kept, baseline, free);
        }
        long ofGoing = going.stream().mapToLong(Baseline::bytes).sum();
        long more = Math.max(0, baseline.bytes() - ofGoing);
        if (!memory.tryReserve(more)) {
            return "the memory went to others";
        }
        replace(going, baseline, more);
        kept.baselines().put(baseline.id(), baseline);
        memory.release(ofGoing + more - baseline.bytes());
        return "";
    }

    /// Takes those that are going away only once the new one is there. Theirs and `more` stay reserved.
    ///
    /// @throws IOException if it cannot be; then the new one is not there, and has no memory
    private void replace(List<Baseline> going, Baseline baseline, long more) throws IOException {
        long unused = more;
        try {
            write(baseline.model(), baseline.id(), BaselineJson.write(baseline));
            for (Baseline one : going) {
                erase(one.model(), one.id());
                unused += one.bytes();
            }
        } catch (IOException e) {
            memory.release(unused);
            delete(baseline, e);
            throw e;
        }
    }

    private void delete(Baseline baseline, IOException why) {
        try {
            deleteFile(baseline.model(), baseline.id());
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private static String full(Kept kept, Baseline baseline, long free) {
        if (kept.baselines().size() >= MOST) {
            return "%s has %d baselines (expected: fewer than %d; DELETE one that no version is held against)"
                    .formatted(baseline.model(), kept.baselines().size(), MOST);
        }
        return "a baseline of %d bytes where %d are free (expected: more in monitoring.max-bytes)"
                .formatted(baseline.bytes(), free);
    }

    /// Those that have to go to make room for a baseline: as many of the oldest as are enough.
    ///
    /// @param freeBytes of the memory without any of them
    /// @return null if all of them would not be enough: then none has to go
    private static @Nullable List<Baseline> making(Kept kept, Baseline baseline, LongPredicate needed, long freeBytes) {
        Iterator<Baseline> left = kept.baselines().values().stream()
                .filter(one -> one.origin() == Baseline.Origin.LEARNED)
                .filter(one -> users(kept, one.id()).noneMatch(needed))
                .sorted(Comparator.comparingLong(Baseline::createdMillis))
                .iterator();
        List<Baseline> going = new ArrayList<>();
        long free = freeBytes;
        while (kept.baselines().size() - going.size() >= MOST || baseline.bytes() > free) {
            if (!left.hasNext()) {
                return null;
            }
            Baseline oldest = left.next();
            going.add(oldest);
            free += oldest.bytes();
        }
        return going;
    }

    private static LongStream users(Kept kept, String id) {
        return kept.assigned().entrySet().stream()
                .filter(one -> one.getValue().equals(id))
                .mapToLong(Map.Entry::getKey);
    }

    /// The versions that are held against it, in order.
    List<Long> users(String model, String id) {
        return users(kept(model), id).sorted().boxed().toList();
    }

    /// Forgets a baseline that is there. Versions that were held against it are held against nothing.
    ///
    /// @throws IOException if it cannot be; then it is still there
    void remove(String model, String id) throws IOException {
        Baseline removed = kept(model).baselines().get(id);
        if (removed != null) {
            erase(model, id);
            memory.release(removed.bytes());
        }
    }

    /// Its memory stays reserved.
    private void erase(String model, String id) throws IOException {
        Kept kept = kept(model);
        Map<Long, String> left = new HashMap<>(kept.assigned());
        left.values().removeIf(id::equals);
        if (left.size() < kept.assigned().size()) {
            writeAssigned(model, left);
        }
        deleteFile(model, id);
        kept.assigned().keySet().retainAll(left.keySet());
        kept.baselines().remove(id);
    }

    private void deleteFile(String model, String id) throws IOException {
        if (folder != null) {
            Files.deleteIfExists(folder.resolve(model).resolve(id + SUFFIX));
        }
    }

    /// @throws IOException if it cannot be kept; then nothing has changed
    void assign(String model, long version, String id) throws IOException {
        Kept kept = kept(model);
        Map<Long, String> all = new HashMap<>(kept.assigned());
        all.put(version, id);
        writeAssigned(model, all);
        kept.assigned().put(version, id);
    }

    private void writeAssigned(String model, Map<Long, String> assigned) throws IOException {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        assigned.forEach((number, id) -> json.put(Long.toString(number), id));
        write(model, ASSIGNED, json.toString());
    }

    private void write(String model, String name, String text) throws IOException {
        Path all = folder;
        if (all == null) {
            return;
        }
        Path own = all.resolve(model);
        if (!Files.isDirectory(own)) {
            Files.createDirectories(own);
            DurableFile.force(all, StandardOpenOption.READ);
            DurableFile.force(Objects.requireNonNull(all.toAbsolutePath().getParent()), StandardOpenOption.READ);
        }
        DurableFile.replace(own.resolve(name + SUFFIX), text);
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
            List<Path> present = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
            Path assigned = own.resolve(ASSIGNED + SUFFIX);
            if (present.contains(assigned)) {
                readAssigned(assigned, kept);
            }
            // What versions are held against finds room before anything else.
            int without = read(present, kept, true) + read(present, kept, false);
            if (without > 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0} baselines in {1} find no room and are left out (expected: more in monitoring.max-bytes)",
                        without,
                        own);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "the baselines in " + own + " cannot be read", e);
        }
        return kept;
    }

    /// @return how many found no room
    private int read(List<Path> files, Kept kept, boolean inUse) {
        int without = 0;
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            String id = name.substring(0, name.length() - SUFFIX.length());
            if (!id.equals(ASSIGNED) && kept.assigned().containsValue(id) == inUse) {
                without += read(file, kept) ? 0 : 1;
            }
        }
        return without;
    }

    private static void readAssigned(Path file, Kept kept) {
        try {
            for (Map.Entry<String, JsonNode> one :
                    JsonMapper.shared().readTree(Files.readString(file)).properties()) {
                kept.assigned().put(Long.parseLong(one.getKey()), one.getValue().asString());
            }
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, file + " cannot be read: versions learn what is usual anew", e);
        }
    }

    /// @return false if it found no room
    private boolean read(Path file, Kept kept) {
        try {
            Baseline baseline = BaselineJson.read(Files.readString(file));
            if (!memory.tryReserve(baseline.bytes())) {
                return false;
            }
            kept.baselines().put(baseline.id(), baseline);
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the baseline " + file + " cannot be read and is left out", e);
        }
        return true;
    }
}
