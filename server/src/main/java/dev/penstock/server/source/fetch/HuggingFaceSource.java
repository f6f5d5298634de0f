package dev.penstock.server.source.fetch;

import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.Lineage;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A file or a folder of a repository on Hugging Face, or what speaks like it. A revision is resolved to
/// its commit first; of large files the hub tells the sha256, which is checked.
final class HuggingFaceSource implements Source {
    private static final Pattern FORM = Pattern.compile(
            "hf://(?<repo>[A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*)(?:@(?<revision>[A-Za-z0-9][\\w.%-]*))?/(?<path>[^?#]*)");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private final JsonWeb json;
    private final Web web;
    private final Downloads downloads;
    private final URI hub;
    private final Map<String, String> secrets;

    /// @param token or ""
    HuggingFaceSource(JsonWeb json, Web web, Downloads downloads, URI hub, String token) {
        this.json = json;
        this.web = web;
        this.downloads = downloads;
        this.hub = hub;
        this.secrets = token.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + token);
    }

    /// A file at a commit.
    ///
    /// @param sha256 "" where the hub does not tell it
    private record Entry(String path, long bytes, String sha256) {}

    @Override
    public Fetched fetch(String uri, Intake intake) {
        Matcher form = Uris.match(FORM, uri, "hf://owner/repository@revision/path, of a folder with / at its end");
        String repo = form.group("repo");
        String path = form.group("path");
        String revision = form.group("revision") == null ? "main" : form.group("revision");
        String commit = commit(repo, revision, intake.deadline());
        boolean folder = path.isEmpty() || path.endsWith("/");
        FileNames.checked(folder ? path + FileNames.MODEL : path);
        int slash = path.lastIndexOf('/');
        String parent = slash < 0 ? "" : path.substring(0, slash);
        List<Entry> entries = tree(repo, commit, parent, folder, intake.deadline());
        if (folder) {
            addFolder(repo, commit, path, entries, intake);
        } else {
            addFile(repo, commit, path, entries, intake);
        }
        Lineage lineage = new Lineage(
                "", "", "", "", new TreeMap<>(), new TreeMap<>(Map.of("hf.repository", repo, "hf.commit", commit)));
        return intake.fetched("hf://" + repo + "@" + commit + "/" + path, lineage);
    }

    private String commit(String repo, String revision, Deadline deadline) {
        JsonNode answer = get("api/models/" + repo + "/revision/" + revision, deadline);
        String commit = answer.path("sha").asString("");
        if (!COMMIT.matcher(commit).matches()) {
            throw new FetchException(Reason.UNREACHABLE, hub.getHost() + " names no commit of " + repo);
        }
        return commit;
    }

    private List<Entry> tree(String repo, String commit, String parent, boolean deep, Deadline deadline) {
        String path = parent.isEmpty() ? "" : "/" + parent;
        JsonNode answer = get("api/models/" + repo + "/tree/" + commit + path, deep ? "?recursive=true" : "", deadline);
        List<Entry> entries = new ArrayList<>();
        for (JsonNode node : answer) {
            String name = node.path("path").asString("");
            if (node.path("type").asString("").equals("file") && FileNames.wanted(name)) {
                String sha256 = node.path("lfs").path("oid").asString("");
                entries.add(new Entry(name, node.path("size").asLong(-1), sha256.replace("sha256:", "")));
            }
        }
        return entries;
    }

    private void addFile(String repo, String commit, String path, List<Entry> entries, Intake intake) {
        Entry entry = entries.stream()
                .filter(candidate -> candidate.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new FetchException(Reason.NOT_FOUND, repo + " has no file " + path));
        intake.announce(1, entry.bytes());
        downloads.addOnly(intake, remote(repo, commit, path, intake), entry.sha256());
    }

    private void addFolder(String repo, String commit, String folder, List<Entry> entries, Intake intake) {
        String model = FileNames.modelAmong(entries.stream()
                .map(entry -> entry.path().substring(folder.length()))
                .toList());
        intake.announce(entries.size(), entries.stream().mapToLong(Entry::bytes).sum());
        for (Entry entry : entries) {
            String path = entry.path().substring(folder.length());
            downloads.add(
                    intake,
                    path.equals(model) ? FileNames.MODEL : path,
                    remote(repo, commit, entry.path(), intake),
                    entry.sha256());
        }
    }

    private Remote remote(String repo, String commit, String path, Intake intake) {
        URI uri = Uris.below(hub, repo + "/resolve/" + commit + "/" + path);
        return new WebRemote(web, uri, secrets, intake.deadline());
    }

    private JsonNode get(String path, Deadline deadline) {
        return get(path, "", deadline);
    }

    private JsonNode get(String path, String query, Deadline deadline) {
        URI uri = Uris.parse(Uris.below(hub, path).toString().replace("%25", "%") + query);
        return json.get(uri, Map.of(), secrets, deadline);
    }
}
