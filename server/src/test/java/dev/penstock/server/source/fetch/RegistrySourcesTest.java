package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.StoredFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Registries are played by a web server that gives the answers their documentation shows.
class RegistrySourcesTest {
    private static final String COMMIT = "c0ffee0000c0ffee0000c0ffee0000c0ffee0000";
    private static final String GRAPH = "the graph";
    private static final String WEIGHTS = "the weights";

    @TempDir
    Path data;

    private final Map<String, String> answers = new HashMap<>();

    @Test
    void aVersionOfMlflowComesWithWhatItsRunRecorded() throws Exception {
        mlflow();
        try (TestWeb web = new TestWeb(this::answer);
                Fetches fetches = mlflowAt(web)) {
            Fetched fetched = fetches.fetch("models:/churn@champion", "");

            assertThat(fetched.source()).isEqualTo("models:/churn/3");
            assertThat(fetched.files())
                    .extracting(StoredFile::path)
                    .containsExactly("MLmodel", "data/weights.bin", "model.onnx");
            assertThat(fetches.content(fetched, "model.onnx")).asString().isEqualTo(GRAPH);
            assertThat(fetched.lineage().trainingRun()).isEqualTo("run7");
            assertThat(fetched.lineage().gitCommit()).isEqualTo("abc123");
            assertThat(fetched.lineage().author()).isEqualTo("ada");
            assertThat(fetched.lineage().dataVersion()).isEqualTo("customers@d1g3st");
            assertThat(fetched.lineage().metrics()).containsOnly(Map.entry("auc", 0.93));
            assertThat(fetched.lineage().labels())
                    .containsEntry("param.depth", "6")
                    .containsEntry("team", "growth")
                    .containsEntry("mlflow.model", "churn/3");
            assertThat(web.requests())
                    .allSatisfy(request ->
                            assertThat(request.header("authorization")).isEqualTo("Bearer T0KEN"));
        }
    }

    @Test
    void versionsOfMlflowAreFoundByNumberStageAndAge() throws Exception {
        mlflow();
        try (TestWeb web = new TestWeb(this::answer);
                Fetches fetches = mlflowAt(web)) {
            for (String uri : new String[] {"models:/churn/3", "models:/churn/latest", "models:/churn/production"}) {
                assertThat(fetches.fetch(uri, "").source()).isEqualTo("models:/churn/3");
            }
            fetches.assertFails(Reason.NOT_FOUND, "models:/churn/Staging", "");
            fetches.assertFails(Reason.NOT_FOUND, "models:/churn@nobody", "");
            fetches.assertFails(Reason.NOT_FOUND, "models:/none/1", "");
        }
    }

    @Test
    void anMlflowThatLeadsElsewhereIsJudgedLikeAnybody() throws Exception {
        mlflow();
        answers.put(
                "/api/2.0/mlflow/model-versions/get-download-uri?name=churn&version=3",
                "{\"artifact_uri\": \"file:///etc\"}");
        try (TestWeb web = new TestWeb(this::answer);
                Fetches fetches = mlflowAt(web)) {
            fetches.assertFails(Reason.REFUSED, "models:/churn/3", "");
        }
        try (TestWeb web = new TestWeb(this::answer);
                Fetches fetches = mlflowAt(web)) {
            mlflow();
            answers.put(
                    "/api/2.0/mlflow-artifacts/artifacts?path=1%2Frun7%2Fmodel", "{\"files\": [{\"path\": \"../x\"}]}");
            assertThat(fetches.assertFails(Reason.REFUSED, "models:/churn/3", ""))
                    .contains("../x");
        }
    }

    @Test
    void withoutAnMlflowServerItIsSaidWhereToSetOne() {
        try (Fetches fetches = new Fetches(data, "127.0.0.1")) {
            assertThat(fetches.assertFails(Reason.REFUSED, "models:/churn/3", ""))
                    .contains("mlflow-tracking-uri");
        }
    }

    @Test
    void aFileOfAHubIsPinnedToItsCommitAndChecked() throws Exception {
        hub(Fetches.sha256(GRAPH.getBytes(StandardCharsets.UTF_8)));
        try (TestWeb web = new TestWeb(this::answer);
                Fetches fetches = hubAt(web)) {
            Fetched fetched = fetches.fetch("hf://org/repo@v1/onnx/graph.onnx", "");

            assertThat(fetched.source()).isEqualTo("hf://org/repo@" + COMMIT + "/onnx/graph.onnx");
            assertThat(fetched.lineage().labels()).containsEntry("hf.commit", COMMIT);
            assertThat(fetches.content(fetched, "model.onnx")).asString().isEqualTo(GRAPH);
            fetches.assertFails(Reason.NOT_FOUND, "hf://org/repo@v1/onnx/none.onnx", "");
        }
    }

    @Test
    void aFolderOfAHubComesWhole() throws Exception {
        hub("");
        try (TestWeb web = new TestWeb(this::answer);
                Fetches fetches = hubAt(web)) {
            assertThat(fetches.fetch("hf://org/repo@v1/onnx/", "").files())
                    .extracting(StoredFile::path)
                    .containsExactly("model.onnx", "weights.bin");
        }
    }

    @Test
    void aHubThatSendsOtherBytesThanItSaysIsRefused() throws Exception {
        hub("0".repeat(64));
        try (TestWeb web = new TestWeb(this::answer);
                Fetches fetches = hubAt(web)) {
            fetches.assertFails(Reason.CORRUPT, "hf://org/repo@v1/onnx/graph.onnx", "");
        }
    }

    @Test
    void anArtifactIsFetchedWithATokenAndPinnedToItsDigest() throws Exception {
        String manifest = manifest();
        try (TestWeb web = new TestWeb((request, out) -> registry(request, manifest, out));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            Fetched fetched = fetches.fetch("oci+http://" + web.host() + "/team/churn:v3", "");

            String digest = Fetches.sha256(manifest.getBytes(StandardCharsets.UTF_8));
            assertThat(fetched.source()).isEqualTo("oci+http://" + web.host() + "/team/churn@sha256:" + digest);
            assertThat(fetched.files()).extracting(StoredFile::path).containsExactly("model.onnx", "weights.bin");
            assertThat(fetches.fetch(fetched.source(), "").files()).isEqualTo(fetched.files());
        }
    }

    @Test
    void aManifestOtherThanTheOneThatWasAskedForIsRefused() throws Exception {
        try (TestWeb web = new TestWeb((request, out) -> registry(request, manifest(), out));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            fetches.assertFails(
                    Reason.CORRUPT, "oci+http://" + web.host() + "/team/churn@sha256:" + "0".repeat(64), "");
        }
    }

    @Test
    void aBlobOtherThanItsDigestIsRefused() throws Exception {
        String manifest = manifest().replace(digestOf(GRAPH), digestOf(WEIGHTS + "!"));
        try (TestWeb web = new TestWeb((request, out) -> registry(request, manifest, out));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            fetches.assertFails(Reason.CORRUPT, "oci+http://" + web.host() + "/team/churn:v3", "");
        }
    }

    /// What a file becomes that is pushed without a type.
    @Test
    void aFileThatHasTheTypeOfATarIsAFile() throws Exception {
        String manifest = manifest().replace("application/octet-stream", "application/vnd.oci.image.layer.v1.tar");
        try (TestWeb web = new TestWeb((request, out) -> registry(request, manifest, out));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            Fetched fetched = fetches.fetch("oci+http://" + web.host() + "/team/churn:v3", "");

            assertThat(fetched.files()).extracting(StoredFile::path).containsExactly("model.onnx", "weights.bin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.oci.image.layer.v1.tar"})
    void layersThatAreArchivesAreUnpacked(String type) throws Exception {
        TarWriter tar = new TarWriter();
        tar.folder("churn/").file("churn/churn.onnx", GRAPH).file("churn/sub/weights.bin", WEIGHTS);
        byte[] layer = type.endsWith("gzip") ? gzip(tar.bytes()) : tar.bytes();
        String manifest = manifest(type, Fetches.sha256(layer));
        try (TestWeb web = new TestWeb((request, out) -> registry(request, manifest, layer, out));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            Fetched fetched = fetches.fetch("oci+http://" + web.host() + "/team/churn:v3", "");

            assertThat(fetched.files()).extracting(StoredFile::path).containsExactly("model.onnx", "sub/weights.bin");
            assertThat(fetches.content(fetched, "model.onnx")).asString().isEqualTo(GRAPH);
        }
    }

    @Test
    void anArchiveIsHeldAgainstItsDigestAndTheLimitsAndHasNoLinks() throws Exception {
        String gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
        byte[] good = gzip(new TarWriter().file("m.onnx", GRAPH).bytes());
        assertArchiveFails(Reason.CORRUPT, manifest(gzip, "0".repeat(64)), good);
        byte[] link =
                gzip(new TarWriter().file("m.onnx", GRAPH).entry('2', "w", "").bytes());
        assertArchiveFails(Reason.REFUSED, manifest(gzip, Fetches.sha256(link)), link);
        byte[] bomb = gzip(new TarWriter().file("m.onnx", "0".repeat(5 << 20)).bytes());
        assertArchiveFails(Reason.TOO_LARGE, manifest(gzip, Fetches.sha256(bomb)), bomb);
        byte[] plain = new TarWriter().file("m.onnx", GRAPH).bytes();
        assertArchiveFails(Reason.CORRUPT, manifest(gzip, Fetches.sha256(plain)), plain);
        assertArchiveFails(Reason.REFUSED, manifest(gzip.replace("gzip", "zstd"), Fetches.sha256(good)), good);
    }

    @Test
    void whatCameDamagedOfAnArchiveIsFetchedAnew() throws Exception {
        String type = "application/vnd.oci.image.layer.v1.tar";
        byte[] layer = new TarWriter()
                .file("churn.onnx", GRAPH)
                .file("weights.bin", "w".repeat(1 << 20))
                .bytes();
        byte[] damaged = layer.clone();
        // In the header of the second file.
        damaged[1024] ^= 1;
        String manifest = manifest(type, Fetches.sha256(layer));
        AtomicInteger blobs = new AtomicInteger();
        try (TestWeb web = new TestWeb((request, out) -> {
                    if (!request.target().contains("/blobs/")) {
                        registry(request, manifest, layer, out);
                    } else if (blobs.incrementAndGet() == 1) {
                        TestWeb.reply(out, 200, "ETag: \"one\"\r\n", damaged);
                    } else {
                        assertThat(request.header("range")).isEmpty();
                        TestWeb.reply(out, 200, "ETag: \"one\"\r\n", layer);
                    }
                });
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            String uri = "oci+http://" + web.host() + "/team/churn:v3";
            fetches.assertFails(Reason.CORRUPT, uri, "");
            assertThat(blobs).hasValue(1);

            assertThat(fetches.fetch(uri, "").files())
                    .extracting(StoredFile::path)
                    .containsExactly("model.onnx", "weights.bin");
        }
    }

    private void assertArchiveFails(Reason reason, String manifest, byte[] layer) throws IOException {
        try (TestWeb web = new TestWeb((request, out) -> registry(request, manifest, layer, out));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            fetches.assertFails(reason, "oci+http://" + web.host() + "/team/churn:v3", "");
        }
        try (Stream<Path> left = Files.walk(data.resolve("incoming"))) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    /// Of an artifact with one layer.
    private static String manifest(String type, String sha256) {
        return "{\"schemaVersion\": 2, \"layers\": [{\"mediaType\": \"%s\", \"digest\": \"sha256:%s\", \"size\": 1}]}"
                .formatted(type, sha256);
    }

    @Test
    void anIndexOfOneManifestLeadsToItAndOneOfSeveralNamesThem() throws Exception {
        String manifest = manifest();
        String entry = "{\"mediaType\": \"application/vnd.oci.image.manifest.v1+json\", \"digest\": \"%s\"%s}";
        String note = entry.formatted(
                "sha256:1", ", \"annotations\": {\"vnd.docker.reference.type\": \"attestation-manifest\"}");
        String one =
                "{\"schemaVersion\": 2, \"manifests\": [" + entry.formatted(digestOf(manifest), "") + "," + note + "]}";
        String two = "{\"schemaVersion\": 2, \"manifests\": ["
                + entry.formatted("sha256:2", ", \"platform\": {\"os\": \"linux\", \"architecture\": \"amd64\"}") + ","
                + entry.formatted("sha256:3", "") + "]}";
        try (TestWeb web = new TestWeb((request, out) -> registry(
                        request,
                        request.target().endsWith("one")
                                ? one
                                : request.target().endsWith("two") ? two : manifest,
                        out));
                Fetches fetches = new Fetches(data, "127.0.0.1")) {
            Fetched fetched = fetches.fetch("oci+http://" + web.host() + "/team/churn:one", "");
            assertThat(fetched.source()).endsWith("/team/churn@" + digestOf(manifest));
            assertThat(fetched.files()).hasSize(2);

            assertThatThrownBy(() -> fetches.fetch("oci+http://" + web.host() + "/team/churn:two", ""))
                    .isInstanceOf(FetchException.class)
                    .hasMessageContaining("an index of 2 manifests: sha256:2 (linux/amd64), sha256:3 (expected: one");
        }
    }

    private void mlflow() {
        String version = "{\"name\": \"churn\", \"version\": \"3\", \"run_id\": \"run7\", \"status\": \"READY\","
                + " \"current_stage\": \"Production\", \"tags\": [{\"key\": \"team\", \"value\": \"growth\"}]}";
        String api = "/api/2.0/mlflow/";
        answers.put(api + "registered-models/alias?name=churn&alias=champion", "{\"model_version\": " + version + "}");
        answers.put(api + "model-versions/get?name=churn&version=3", "{\"model_version\": " + version + "}");
        answers.put(
                api + "model-versions/search?filter=name%3D%27churn%27&order_by=version_number%20DESC",
                "{\"model_versions\": [" + version + "]}");
        answers.put(
                api + "model-versions/get-download-uri?name=churn&version=3",
                "{\"artifact_uri\": \"mlflow-artifacts:/1/run7/model\"}");
        answers.put(
                api + "runs/get?run_id=run7&run_uuid=run7",
                "{\"run\": {\"info\": {\"run_id\": \"run7\", \"user_id\": \"ada\"}, \"data\": {\"metrics\":"
                        + " [{\"key\": \"auc\", \"value\": 0.93, \"timestamp\": 1, \"step\": 0},"
                        + " {\"key\": \"loss\", \"value\": \"NaN\"}], \"params\": [{\"key\": \"depth\", \"value\":"
                        + " \"6\"}], \"tags\": [{\"key\": \"mlflow.source.git.commit\", \"value\": \"abc123\"}]},"
                        + " \"inputs\": {\"dataset_inputs\": [{\"dataset\": {\"name\": \"customers\", \"digest\":"
                        + " \"d1g3st\"}}]}}}");
        String artifacts = "/api/2.0/mlflow-artifacts/artifacts";
        answers.put(
                artifacts + "?path=1%2Frun7%2Fmodel",
                "{\"files\": [{\"path\": \"model.onnx\", \"is_dir\": false, \"file_size\": 9},"
                        + " {\"path\": \"MLmodel\", \"is_dir\": false, \"file_size\": 3}, {\"path\": \"data\","
                        + " \"is_dir\": true}]}");
        answers.put(
                artifacts + "?path=1%2Frun7%2Fmodel%2Fdata",
                "{\"files\": [{\"path\": \"weights.bin\", \"is_dir\": false, \"file_size\": 11}]}");
        answers.put(artifacts + "/1/run7/model/model.onnx", GRAPH);
        answers.put(artifacts + "/1/run7/model/MLmodel", "yes");
        answers.put(artifacts + "/1/run7/model/data/weights.bin", WEIGHTS);
    }

    private Fetches mlflowAt(TestWeb web) {
        return new Fetches(data, "127.0.0.1")
                .apis(web.uri(""), "https://huggingface.co")
                .environment(Map.of("MLFLOW_TRACKING_TOKEN", "T0KEN"));
    }

    private void hub(String sha256) {
        String lfs = sha256.isEmpty() ? "" : ", \"lfs\": {\"oid\": \"" + sha256 + "\", \"size\": 9}";
        String tree = "[{\"type\": \"file\", \"path\": \"onnx/graph.onnx\", \"size\": 9" + lfs + "},"
                + " {\"type\": \"directory\", \"path\": \"onnx/x\"},"
                + " {\"type\": \"file\", \"path\": \"onnx/weights.bin\", \"size\": 11}]";
        answers.put("/api/models/org/repo/revision/v1", "{\"sha\": \"" + COMMIT + "\"}");
        answers.put("/api/models/org/repo/tree/" + COMMIT + "/onnx", tree);
        answers.put("/api/models/org/repo/tree/" + COMMIT + "/onnx?recursive=true", tree);
        answers.put("/org/repo/resolve/" + COMMIT + "/onnx/graph.onnx", GRAPH);
        answers.put("/org/repo/resolve/" + COMMIT + "/onnx/weights.bin", WEIGHTS);
    }

    private Fetches hubAt(TestWeb web) {
        return new Fetches(data, "127.0.0.1").apis(null, web.uri(""));
    }

    private void answer(TestWeb.Request request, OutputStream out) throws IOException {
        String answer = answers.get(request.target());
        TestWeb.reply(out, answer == null ? 404 : 200, "", answer == null ? "{}" : answer);
    }

    private static String digestOf(String content) {
        return "sha256:" + Fetches.sha256(content.getBytes(StandardCharsets.UTF_8));
    }

    private static String manifest() {
        String layer = "{\"mediaType\": \"application/octet-stream\", \"digest\": \"%s\", \"size\": %d,"
                + " \"annotations\": {\"org.opencontainers.image.title\": \"%s\"}}";
        return "{\"schemaVersion\": 2, \"mediaType\": \"application/vnd.oci.image.manifest.v1+json\", \"layers\": ["
                + layer.formatted(digestOf(GRAPH), GRAPH.length(), "churn.onnx") + ", "
                + layer.formatted(digestOf(WEIGHTS), WEIGHTS.length(), "weights.bin") + "]}";
    }

    private static void registry(TestWeb.Request request, String manifest, OutputStream out) throws IOException {
        String file = request.target().endsWith(digestOf(WEIGHTS)) ? WEIGHTS : GRAPH;
        registry(request, manifest, file.getBytes(StandardCharsets.UTF_8), out);
    }

    private static void registry(TestWeb.Request request, String manifest, byte[] blob, OutputStream out)
            throws IOException {
        String target = request.target();
        if (target.startsWith("/token?service=reg&scope=repository%3Ateam%2Fchurn%3Apull")) {
            TestWeb.reply(out, 200, "", "{\"token\": \"T0KEN\"}");
        } else if (!request.header("authorization").equals("Bearer T0KEN")) {
            String realm = "http://" + request.header("host") + "/token";
            TestWeb.reply(
                    out,
                    401,
                    "WWW-Authenticate: Bearer realm=\"" + realm
                            + "\",service=\"reg\",scope=\"repository:team/churn:pull\"\r\n",
                    "");
        } else if (target.startsWith("/v2/team/churn/manifests/")) {
            TestWeb.reply(out, 200, "", manifest);
        } else {
            TestWeb.reply(out, 200, "", blob);
        }
    }
}
