package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A list of manifests, one for each platform or kind. A model has no platform, so there is to be only one.
/// Pure.
final class OciIndex {
    static final String TYPES =
            "application/vnd.oci.image.index.v1+json, " + "application/vnd.docker.distribution.manifest.list.v2+json";

    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");

    private OciIndex() {}

    static boolean is(JsonNode answer) {
        return answer.path("manifests").isArray();
    }

    /// @return the sha256 of its only manifest; notes about others, such as attestations, do not count
    /// @throws FetchException with `REFUSED` if there is none, or several
    static String only(JsonNode index) {
        List<JsonNode> manifests = new ArrayList<>();
        for (JsonNode manifest : index.path("manifests")) {
            if (!manifest.path("annotations").has("vnd.docker.reference.type")) {
                manifests.add(manifest);
            }
        }
        if (manifests.size() != 1) {
            List<String> shown = manifests.stream().map(OciIndex::shown).toList();
            throw new FetchException(
                    Reason.REFUSED,
                    "it is an index of %d manifests%s (expected: one; name it by its digest, as …@sha256:…)"
                            .formatted(shown.size(), shown.isEmpty() ? "" : ": " + String.join(", ", shown)));
        }
        Matcher digest = DIGEST.matcher(manifests.getFirst().path("digest").asString(""));
        if (!digest.matches()) {
            throw new FetchException(Reason.REFUSED, "the manifest of the index has no sha256 digest");
        }
        return digest.group(1);
    }

    private static String shown(JsonNode manifest) {
        JsonNode platform = manifest.path("platform");
        String kind = platform.isMissingNode()
                ? manifest.path("artifactType").asString("")
                : platform.path("os").asString("") + "/"
                        + platform.path("architecture").asString("");
        String digest = manifest.path("digest").asString("without a digest");
        return kind.isEmpty() ? digest : digest + " (" + kind + ")";
    }
}
