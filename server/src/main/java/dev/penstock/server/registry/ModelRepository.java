package dev.penstock.server.registry;

import dev.penstock.core.Check;
import dev.penstock.core.ModelName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folders that models are served from: `<repository>/<model>/<version>/model.onnx`, and beside the
/// versions an optional `config.pbtxt`. Only reads. Thread-safe.
public final class ModelRepository {
    private final List<Path> roots;

    private ModelRepository(List<Path> roots) {
        this.roots = roots;
    }

    /// @param roots none for no models
    /// @throws IllegalArgumentException if one of them is no folder that can be read
    public static ModelRepository of(List<Path> roots) {
        return new ModelRepository(
                roots.stream().map(ModelRepository::realFolder).distinct().toList());
    }

    private static Path realFolder(Path root) {
        Check.argument(
                Files.isDirectory(root) && Files.isReadable(root),
                "model repository: %s (expected: a folder that can be read)",
                root);
        try {
            return root.toRealPath();
        } catch (IOException e) {
            throw new IllegalArgumentException("model repository: " + root + " cannot be read: " + e, e);
        }
    }

    /// Everything that is there now. Blocks on the disk.
    RepositorySnapshot read() {
        Map<String, ModelFolder> models = new TreeMap<>();
        List<String> warnings = new ArrayList<>();
        boolean complete = true;
        for (Path root : roots) {
            try (Stream<Path> entries = Files.list(root)) {
                entries.sorted().forEach(entry -> addModel(root, entry, models, warnings));
            } catch (IOException | UncheckedIOException e) {
                warnings.add("model repository " + root + " cannot be read: " + e.getMessage());
                complete = false;
            }
        }
        return new RepositorySnapshot(List.copyOf(models.values()), warnings, complete);
    }

    private static void addModel(Path root, Path entry, Map<String, ModelFolder> models, List<String> warnings) {
        String name = FolderReader.nameOf(entry);
        if (isIgnored(name) || !Files.isDirectory(entry)) {
            return;
        }
        if (!ModelName.isValid(name)) {
            warnings.add(
                    "folder '%s' in %s is ignored: no model can have that name (expected: no '@', '\\' or control character, at most 255 bytes)"
                            .formatted(printable(name), root));
            return;
        }
        models.merge(name, FolderReader.read(root, entry), ModelRepository::duplicate);
    }

    /// One model as it is there now. Blocks on the disk.
    ///
    /// @return null if there is no such model
    @Nullable
    ModelFolder read(String model) {
        if (!ModelName.isValid(model) || isIgnored(model)) {
            return null;
        }
        return roots.stream()
                .filter(root -> Files.isDirectory(root.resolve(model)))
                .map(root -> FolderReader.read(root, root.resolve(model)))
                .reduce(ModelRepository::duplicate)
                .orElse(null);
    }

    /// What stands for a model that is not there.
    ModelFolder absent(String model) {
        return broken(model, "failed to poll from model repository: it is not in any of " + roots);
    }

    /// What stands for a model that cannot even be looked at.
    ModelFolder broken(String model, String problem) {
        return ModelFolder.broken(model, Path.of(""), problem);
    }

    /// A text for callers: without the folders of this machine, which only the log tells.
    String shortened(String text) {
        String shorter = text;
        for (int i = 0; i < roots.size(); i++) {
            String name = roots.size() == 1 ? "the model repository" : "(repository " + (i + 1) + ")";
            String root = Pattern.quote(roots.get(i).toString());
            if (roots.size() == 1) {
                shorter = shorter.replaceAll(root + "/", "");
            }
            // Not where it only begins the name of another folder.
            shorter = shorter.replaceAll(root + "(?![\\w.-])", Matcher.quoteReplacement(name));
        }
        return shorter;
    }

    private static ModelFolder duplicate(ModelFolder first, ModelFolder second) {
        return ModelFolder.broken(
                first.name(),
                first.path(),
                "model '%s' is there twice: %s and %s".formatted(first.name(), first.path(), second.path()));
    }

    /// File systems put the second one at the top of a volume.
    private static boolean isIgnored(String name) {
        return name.startsWith(".") || name.equals("lost+found");
    }

    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
