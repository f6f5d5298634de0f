package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.source.net.Redacted;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// A version of a registered model, with what its run recorded. Its files come from the tracking server,
/// or from the object store, web server or folder that it names.
final class MlflowSource implements Source {
    private static final Pattern FORM =
            Pattern.compile("models:/{1,3}(?<name>[^/@]+)(?:/(?<version>[^/@]+)|@(?<alias>[^/@]+))");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern PROXIED = Pattern.compile("mlflow-artifacts:(?://[^/]*)?/*(?<path>.*)");
    private static final int MAX_DEPTH = 8;

    private final @Nullable MlflowServer server;
    private final Downloads downloads;
    private final Web web;
    private final Source elsewhere;

    /// @param server null if none is set
    /// @param elsewhere fetches from other places
    MlflowSource(@Nullable MlflowServer server, Downloads downloads, Web web, Source elsewhere) {
        this.server = server;
        this.downloads = downloads;
        this.web = web;
        this.elsewhere = elsewhere;
    }

    @Override
    public Fetched fetch(String uri, Intake intake) {
        MlflowServer asked = server;
        if (asked == null) {
            throw new FetchException(
                    Reason.REFUSED, "no MLflow server is set; say where it is in sources.mlflow-tracking-uri");
        }
        Matcher form = Uris.match(FORM, uri, "models:/name/version, models:/name/latest or models:/name@alias");
        String name = form.group("name");
        JsonNode version = version(asked, name, form.group("version"), form.group("alias"), intake.deadline());
        String number = MlflowLineage.text(version, "version");
        if (!NUMBER.matcher(number).matches()) {
            throw new FetchException(Reason.UNREACHABLE, asked.base().getHost() + " names no version of " + name);
        }
        String status = version.path("status").asString("READY");
        if (!status.equals("READY")) {
            throw new FetchException(
                    Reason.NOT_FOUND, "version %s of %s is %s (expected: READY)".formatted(number, name, status));
        }
        JsonNode run = run(asked, version.path("run_id").asString(""), intake.deadline());
        String place = asked.downloadUri(name, number, intake.deadline());
        Matcher proxied = PROXIED.matcher(place);
        if (proxied.matches()) {
            addArtifacts(asked, proxied.group("path"), intake);
        } else {
            addFrom(place, intake);
        }
        return intake.fetched("models:/" + name + "/" + number, MlflowLineage.of(version, run));
    }

    private static JsonNode version(
            MlflowServer server, String name, @Nullable String version, @Nullable String alias, Deadline deadline) {
        if (alias != null) {
            return server.byAlias(name, alias, deadline);
        }
        if (version == null || version.equals("latest")) {
            return newest(name, server.versions(name, deadline), "");
        }
        return NUMBER.matcher(version).matches()
                ? server.version(name, version, deadline)
                : newest(name, server.versions(name, deadline), version);
    }

    /// @param stage that it must be in, or ""
    private static JsonNode newest(String name, JsonNode versions, String stage) {
        for (JsonNode version : versions) {
            if (stage.isEmpty() || version.path("current_stage").asString("").equalsIgnoreCase(stage)) {
                return version;
            }
        }
        throw new FetchException(
                Reason.NOT_FOUND,
                stage.isEmpty()
                        ? "MLflow has no version of " + name
                        : "MLflow has no version of " + name + " in the stage " + stage);
    }

    /// Models can be registered without a run, and runs deleted.
    private static JsonNode run(MlflowServer server, String id, Deadline deadline) {
        if (id.isEmpty()) {
            return MissingNode.getInstance();
        }
        try {
            return server.run(id, deadline);
        } catch (FetchException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return MissingNode.getInstance();
            }
            throw e;
        }
    }

    private void addFrom(String place, Intake intake) {
        String scheme = Uris.scheme(place);
        boolean known = switch (scheme) {
            case "s3", "file", "" -> !place.isEmpty();
            default -> false;
        };
        if (!known) {
            throw new FetchException(
                    Reason.REFUSED,
                    "MLflow keeps its files at '%s' (expected: mlflow-artifacts:, s3: or a folder)"
                            .formatted(Redacted.forMessage(place)));
        }
        elsewhere.fetch(scheme.equals("s3") && !place.endsWith("/") ? place + "/" : place, intake);
    }

    private void addArtifacts(MlflowServer asked, String root, Intake intake) {
        List<String> paths = new ArrayList<>();
        long bytes = list(asked, root, "", 0, intake, paths);
        if (paths.isEmpty()) {
            throw new FetchException(Reason.NOT_FOUND, "MLflow has no files at mlflow-artifacts:/" + root);
        }
        String model = FileNames.modelAmong(paths);
        intake.announce(paths.size(), bytes);
        for (String path : paths) {
            URI uri = asked.artifact(root.isEmpty() ? path : root + "/" + path);
            Remote remote = new WebRemote(web, uri, asked.secrets(), intake.deadline());
            downloads.add(intake, path.equals(model) ? FileNames.MODEL : path, remote, "");
        }
    }

    private static long list(
            MlflowServer asked, String root, String folder, int depth, Intake intake, List<String> paths) {
        String at = folder.isEmpty() ? root : root.isEmpty() ? folder : root + "/" + folder;
        long bytes = 0;
        for (JsonNode file : asked.artifacts(at, intake.deadline())) {
            String name = file.path("path").asString("");
            String path = FileNames.checked(folder.isEmpty() ? name : folder + "/" + name);
            if (!file.path("is_dir").asBoolean(false)) {
                if (FileNames.wanted(path)) {
                    paths.add(path);
                }
                bytes += file.path("file_size").asLong(0);
            } else if (depth < MAX_DEPTH) {
                bytes += list(asked, root, path, depth + 1, intake, paths);
            }
            intake.announce(paths.size(), -1);
        }
        return bytes;
    }
}
