package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.Digests;
import dev.penstock.server.store.Lineage;
import java.net.URI;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An artifact of an OCI registry whose layers are files, as `oras push` makes it: each layer's title is
/// its path; or tar archives of files, as it makes them of folders. All of it is checked against the digests
/// that it is known by.
final class OciSource implements Source {
    private static final Pattern FORM = Pattern.compile(
            "oci(?<plain>\\+http)?://(?<host>[\\w.-]+(?::[0-9]{1,5})?|\\[[0-9a-fA-F:.]+](?::[0-9]{1,5})?)"
                    + "/(?<repo>[a-z0-9]+(?:(?:[._/]|__|-+)[a-z0-9]+)*)"
                    + "(?::(?<tag>[\\w][\\w.-]{0,127})|@sha256:(?<digest>[0-9a-f]{64}))?");
    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");
    private static final String MANIFESTS =
            "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, "
                    + OciIndex.TYPES;
    private static final String TITLE = "org.opencontainers.image.title";
    private static final String UNPACK = "io.deis.oras.content.unpack";

    private final OciRegistry registry;
    private final Downloads downloads;

    OciSource(OciRegistry registry, Downloads downloads) {
        this.registry = registry;
        this.downloads = downloads;
    }

    /// A file of the artifact, or an archive of some.
    private record Layer(String path, String sha256, long bytes, Packing packing) {}

    private enum Packing {
        FILE,
        TAR,
        TAR_GZIP
    }

    @Override
    public Fetched fetch(String uri, Intake intake) {
        Matcher form = Uris.match(FORM, uri, "oci://host/repository:tag or oci://host/repository@sha256:…");
        String scheme = form.group("plain") == null ? "https" : "http";
        URI base = Uris.parse(scheme + "://" + form.group("host") + "/v2/" + form.group("repo"));
        String digest = form.group("digest");
        String reference =
                digest != null ? "sha256:" + digest : form.group("tag") == null ? "latest" : form.group("tag");
        URI manifestUri = Uris.parse(base + "/manifests/" + reference);
        Map<String, String> secrets = registry.secrets(manifestUri, MANIFESTS, intake.deadline());
        byte[] manifest = registry.manifest(manifestUri, MANIFESTS, secrets, intake.deadline());
        String found = checked(manifest, digest);
        JsonNode answer = JsonWeb.parse(manifestUri, manifest);
        if (OciIndex.is(answer)) {
            String only = OciIndex.only(answer);
            URI uriOfOnly = Uris.parse(base + "/manifests/sha256:" + only);
            manifest = registry.manifest(uriOfOnly, MANIFESTS, secrets, intake.deadline());
            found = checked(manifest, only);
            answer = JsonWeb.parse(uriOfOnly, manifest);
        }
        List<Layer> layers = layers(answer);
        boolean packed = layers.stream().anyMatch(layer -> layer.packing() != Packing.FILE);
        // How much comes out of archives is seen when it does.
        intake.announce(
                layers.size(),
                packed ? -1 : layers.stream().mapToLong(Layer::bytes).sum());
        if (packed) {
            unpackLayers(layers, base, secrets, intake);
        } else {
            addLayers(layers, base, secrets, intake);
        }
        String pinned = uri.substring(0, uri.indexOf("://") + 3) + form.group("host") + "/" + form.group("repo");
        Lineage lineage =
                new Lineage("", "", "", "", new TreeMap<>(), new TreeMap<>(Map.of("oci.reference", reference)));
        return intake.fetched(pinned + "@sha256:" + found, lineage);
    }

    /// @param expected or null
    /// @return its sha256
    private static String checked(byte[] manifest, @Nullable String expected) {
        String found = HexFormat.of().formatHex(Digests.sha256().digest(manifest));
        if (expected != null && !expected.equals(found)) {
            throw new FetchException(
                    Reason.CORRUPT, "the manifest has the sha256 %s (expected: %s)".formatted(found, expected));
        }
        return found;
    }

    private void addLayers(List<Layer> layers, URI base, Map<String, String> secrets, Intake intake) {
        String model = layers.size() == 1
                ? layers.getFirst().path()
                : FileNames.modelAmong(layers.stream().map(Layer::path).toList());
        for (Layer layer : layers) {
            Remote remote = registry.blob(base, layer.sha256(), secrets, intake.deadline());
            if (layers.size() == 1) {
                downloads.addOnly(intake, remote, layer.sha256());
            } else {
                String path = layer.path().equals(model) ? FileNames.MODEL : layer.path();
                downloads.add(intake, path, remote, layer.sha256());
            }
        }
    }

    /// Their files together are the version.
    private void unpackLayers(List<Layer> layers, URI base, Map<String, String> secrets, Intake intake) {
        for (Layer layer : layers) {
            Remote remote = registry.blob(base, layer.sha256(), secrets, intake.deadline());
            if (layer.packing() == Packing.FILE) {
                downloads.add(intake, layer.path(), remote, layer.sha256());
            } else {
                downloads.unpack(intake, remote, layer.sha256(), layer.packing() == Packing.TAR_GZIP);
            }
        }
        intake.nameUnpacked();
    }

    /// A file that is pushed without a type has that of a tar layer, and its name; a folder says that it is
    /// packed.
    private static Packing packing(String type, JsonNode annotations) {
        if (!type.contains(".tar")) {
            return Packing.FILE;
        }
        if (type.endsWith(".tar")) {
            String title = annotations.path(TITLE).asString("");
            boolean packed = annotations.path(UNPACK).asString("").equals("true");
            return packed || title.isEmpty() || title.endsWith(".tar") ? Packing.TAR : Packing.FILE;
        }
        if (type.endsWith("tar+gzip") || type.endsWith("tar.gzip")) {
            return Packing.TAR_GZIP;
        }
        throw new FetchException(
                Reason.REFUSED,
                "a layer of the artifact is an archive of another kind, %s (expected: files, tar or tar+gzip)"
                        .formatted(type));
    }

    private static List<Layer> layers(JsonNode manifest) {
        List<Layer> layers = new ArrayList<>();
        for (JsonNode layer : manifest.path("layers")) {
            String type = layer.path("mediaType").asString("");
            Matcher digest = DIGEST.matcher(layer.path("digest").asString(""));
            if (!digest.matches()) {
                throw new FetchException(Reason.REFUSED, "a layer of the artifact has no sha256 digest");
            }
            JsonNode annotations = layer.path("annotations");
            Packing packing = packing(type, annotations);
            // What an archive is called, no file is.
            String path = packing == Packing.FILE
                    ? FileNames.checked(annotations.path(TITLE).asString(FileNames.MODEL))
                    : FileNames.MODEL;
            layers.add(new Layer(path, digest.group(1), layer.path("size").asLong(0), packing));
        }
        if (layers.isEmpty()) {
            throw new FetchException(
                    Reason.REFUSED,
                    "it is no artifact with files, but "
                            + manifest.path("mediaType").asString("empty"));
        }
        return layers;
    }
}
