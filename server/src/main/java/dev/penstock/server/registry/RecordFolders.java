package dev.penstock.server.registry;

import dev.penstock.server.gate.Gates;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Shows registered models as the folders that repositories give, so that they are served the same way.
/// Thread-safe; blocks on the disk.
final class RecordFolders {
    private static final FileTime NO_TIME = FileTime.fromMillis(0);

    private final ModelFiles files;
    private final RoutedVersions routed;

    RecordFolders(ModelFiles files, RoutedVersions routed) {
        this.files = files;
        this.routed = routed;
    }

    /// @param left versions that are left to other servers to judge
    ModelFolder of(ModelRecord model, SortedSet<Long> left) {
        SortedSet<Long> able = new TreeSet<>();
        SortedSet<Long> unjudged = new TreeSet<>();
        Map<Long, String> reasons = new HashMap<>();
        model.versions().forEach((number, version) -> {
            if (WantedVersions.mayServe(version)) {
                if (left.contains(number)) {
                    reasons.put(number, "it is judged by the server that is to do so, " + version.judge());
                } else {
                    able.add(number);
                }
            }
            if (version.gates().isEmpty()) {
                unjudged.add(number);
            }
            if (!WantedVersions.passed(version)) {
                reasons.put(number, "turned down: " + Gates.problem(version.gates()));
            }
        });
        SortedSet<Long> wanted = WantedVersions.of(model, routed.of(model.name()), left);
        // Nobody judges what nobody wants, here or, of what is left to others, there.
        SortedSet<Long> judged = WantedVersions.of(model, routed.of(model.name()));
        judged.addAll(wanted);
        unjudged.retainAll(judged);
        return of(model, model.versions().values(), new ModelFolder.Wish(wanted, able, unjudged, reasons));
    }

    /// A folder with one version only, registered or not.
    ModelFolder of(ModelRecord model, VersionRecord version) {
        SortedSet<Long> only = new TreeSet<>(List.of(version.number()));
        return of(model, List.of(version), new ModelFolder.Wish(only, only, only, Map.of()));
    }

    private ModelFolder of(ModelRecord model, Collection<VersionRecord> versions, ModelFolder.Wish wish) {
        List<String> warnings = new ArrayList<>();
        if (model.config().contains("version_policy")) {
            warnings.add("version_policy is ignored: of a registered model, its policy decides, which is: "
                    + model.policy());
        }
        return new ModelFolder(
                model.name(),
                Path.of(""),
                model.config().isEmpty() ? null : model.config(),
                versions.stream()
                        .map(version -> version(version, wish.wanted().contains(version.number())))
                        .toList(),
                warnings,
                "",
                wish);
    }

    /// What is in a version never changes, unless the record went back in time: its hash says enough of when it
    /// did.
    private VersionFolder version(VersionRecord version, boolean wanted) {
        List<FileStamp> stamps = version.files().stream()
                .map(file -> new FileStamp(file.path(), file.bytes(), NO_TIME).withHash(file.sha256()))
                .toList();
        return new VersionFolder(
                version.number(), stamps, wanted ? problem(version) : "", () -> files.folder(version.files()));
    }

    private String problem(VersionRecord version) {
        try {
            String lacking = files.lacking(version.files());
            boolean lost = !lacking.isEmpty() && !FileDelivery.canBeFetched(version);
            return lost ? lacking + ", and no source has it" : lacking;
        } catch (FetchException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
