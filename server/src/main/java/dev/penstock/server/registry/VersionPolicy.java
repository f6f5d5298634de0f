package dev.penstock.server.registry;

import dev.penstock.core.Check;
import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelVersionPolicy;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Which versions of a model should serve. Pure.
sealed interface VersionPolicy {
    Pattern COUNT = Pattern.compile("[1-9]\\d{0,8}");
    Pattern NUMBERS = Pattern.compile("[1-9]\\d{0,17}(\\s*,\\s*[1-9]\\d{0,17})*");

    /// The `count` highest.
    record Latest(int count) implements VersionPolicy {
        public Latest {
            Check.argument(count > 0, "count: %d (expected: > 0)", count);
        }
    }

    record All() implements VersionPolicy {}

    /// These, whether they are there or not.
    record Specific(Set<Long> versions) implements VersionPolicy {
        public Specific {
            versions = Set.copyOf(versions);
        }
    }

    /// The versions that should serve, of which only [Specific] may name some that are not there.
    default SortedSet<Long> select(Set<Long> onDisk) {
        return switch (this) {
            case All() -> new TreeSet<>(onDisk);
            case Specific(var versions) -> new TreeSet<>(versions);
            case Latest(var count) -> {
                TreeSet<Long> kept = new TreeSet<>(onDisk);
                while (kept.size() > count) {
                    kept.pollFirst();
                }
                yield kept;
            }
        };
    }

    /// Reads a configuration's policy; none means the latest one.
    ///
    /// @throws ModelLoadException if it makes no sense
    static VersionPolicy of(ModelVersionPolicy policy) {
        return switch (policy.getPolicyChoiceCase()) {
            case ALL -> new All();
            case LATEST -> latest(policy.getLatest().getNumVersions());
            case POLICYCHOICE_NOT_SET -> new Latest(1);
            case SPECIFIC -> specific(policy.getSpecific());
        };
    }

    /// Reads a record's policy: `latest N`, `latest`, `all`, or `specific 1,2`; "" means the latest one.
    ///
    /// @throws IllegalArgumentException if it is none of these
    static VersionPolicy parse(String text) {
        String[] words = text.strip().split("\\s+", 2);
        String rest = words.length == 2 ? words[1].strip() : "";
        boolean alone = rest.isEmpty();
        if (text.isBlank() || (words[0].equals("latest") && alone)) {
            return new Latest(1);
        }
        if (words[0].equals("all") && alone) {
            return new All();
        }
        if (words[0].equals("latest") && COUNT.matcher(rest).matches()) {
            return new Latest(Integer.parseInt(rest));
        }
        if (words[0].equals("specific") && NUMBERS.matcher(rest).matches()) {
            Set<Long> versions = new TreeSet<>();
            for (String number : rest.split(",", -1)) {
                versions.add(Long.parseLong(number.strip()));
            }
            return new Specific(versions);
        }
        throw new IllegalArgumentException(
                "policy: '%s' (expected: latest N, all, or specific 1,2,...)".formatted(text));
    }

    private static VersionPolicy latest(int unsignedCount) {
        // The field is unsigned; left out it reads as 0, which means 1.
        return new Latest(unsignedCount < 0 ? Integer.MAX_VALUE : Math.max(1, unsignedCount));
    }

    private static VersionPolicy specific(ModelVersionPolicy.Specific specific) {
        if (specific.getVersionsCount() == 0
                || specific.getVersionsList().stream().anyMatch(version -> version <= 0)) {
            throw new ModelLoadException("version_policy.specific.versions: %s (expected: one or more integers > 0)"
                    .formatted(specific.getVersionsList()));
        }
        return new Specific(Set.copyOf(specific.getVersionsList()));
    }
}
