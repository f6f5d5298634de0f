package dev.penstock.server.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// One model as it lies on disk.
///
/// @param configText what its `config.pbtxt` says; null if it has none
/// @param versions lowest first
/// @param warnings what was ignored
/// @param problem why nothing of it can be served, or ""
/// @param wish what the record says of a registered model; null where the configuration decides
record ModelFolder(
        String name,
        Path path,
        @Nullable String configText,
        List<VersionFolder> versions,
        List<String> warnings,
        String problem,
        @Nullable Wish wish) {
    ModelFolder {
        versions = List.copyOf(versions);
        warnings = List.copyOf(warnings);
    }

    /// Of a repository.
    ModelFolder(
            String name,
            Path path,
            @Nullable String configText,
            List<VersionFolder> versions,
            List<String> warnings,
            String problem) {
        this(name, path, configText, versions, warnings, problem, null);
    }

    /// @param wanted what should be in memory
    /// @param able what may be; the rest leaves memory, whatever becomes of those that are wanted
    /// @param unjudged what is wanted, here or by those it is left to, and is to be judged before it may serve
    /// @param reasons why those that are not able are not, where there is more to say than that somebody wished so
    record Wish(SortedSet<Long> wanted, SortedSet<Long> able, SortedSet<Long> unjudged, Map<Long, String> reasons) {
        Wish {
            reasons = Map.copyOf(reasons);
        }
    }

    static ModelFolder broken(String name, Path path, String problem) {
        return new ModelFolder(name, path, null, List.of(), List.of(), problem);
    }

    SortedSet<Long> numbers() {
        SortedSet<Long> numbers = new TreeSet<>();
        versions.forEach(version -> numbers.add(version.number()));
        return numbers;
    }

    @Nullable
    VersionFolder version(long number) {
        return versions.stream()
                .filter(version -> version.number() == number)
                .findFirst()
                .orElse(null);
    }

    /// Which versions should be in memory.
    ///
    /// @param aliases of the model: of a repository's, what they lead to is wanted, too
    SortedSet<Long> wanted(VersionPolicy policy, Aliases aliases) {
        if (wish != null) {
            return new TreeSet<>(wish.wanted());
        }
        SortedSet<Long> numbers = numbers();
        SortedSet<Long> wanted = policy.select(numbers);
        for (long version : aliases.versions()) {
            if (numbers.contains(version)) {
                wanted.add(version);
            }
        }
        return wanted;
    }

    /// What is on disk is the same.
    boolean isSameAs(ModelFolder other) {
        return isLike(other, VersionFolder::isSameAs);
    }

    /// Nobody touched what is on the disk.
    boolean isUntouched(ModelFolder other) {
        return isLike(other, VersionFolder::isUntouched);
    }

    private boolean isLike(ModelFolder other, BiPredicate<VersionFolder, VersionFolder> alike) {
        if (versions.size() != other.versions.size()
                || !Objects.equals(configText, other.configText)
                || !problem.equals(other.problem)) {
            return false;
        }
        for (int i = 0; i < versions.size(); i++) {
            if (!alike.test(versions.get(i), other.versions.get(i))) {
                return false;
            }
        }
        return true;
    }

    /// The same with more known of its versions.
    ModelFolder with(List<VersionFolder> looked) {
        return new ModelFolder(name, path, configText, looked, warnings, problem, wish);
    }
}
