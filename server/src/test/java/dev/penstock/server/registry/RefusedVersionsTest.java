package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.router.RouteTable;
import dev.penstock.runtime.NativeHandles;
import dev.penstock.runtime.OnnxLoader;
import dev.penstock.runtime.OnnxModels;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelControlMode;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.admin.RegisterOrder.Content;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.source.Signatures;
import dev.penstock.server.source.disk.DiskModelFiles;
import dev.penstock.server.source.disk.SealingKey;
import dev.penstock.server.source.fetch.AnySources;
import dev.penstock.server.source.fetch.SourceSettings;
import dev.penstock.server.store.Digests;
import dev.penstock.server.store.LastRead;
import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.Stores;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What may not serve is refused with its reason, with real models, files, sources and keys, and the version
/// before goes on serving.
class RefusedVersionsTest {
    private static final byte[] GOOD = OnnxModels.tiny();

    @TempDir
    Path root;

    @Test
    void corruptAndTruncatedModelsAreTurnedDown() {
        try (Server server = new Server(null, VersionTrust.ANYBODY)) {
            server.register(GOOD, "");

            byte[] corrupt = GOOD.clone();
            Arrays.fill(corrupt, corrupt.length / 2, corrupt.length / 2 + 20, (byte) 0xff);
            assertThat(server.register(corrupt, "").problem()).contains("model.onnx");
            assertThat(server.register(Arrays.copyOf(GOOD, GOOD.length / 2), "").problem())
                    .contains("model.onnx is truncated: field 7 at byte ");
            assertThat(server.register("no model".getBytes(StandardCharsets.UTF_8), "")
                            .problem())
                    .contains("is not an ONNX model");

            server.serves("m/1");
        }
    }

    @Test
    void anotherHashIsRefusedAndNothingStays() throws IOException {
        try (Server server = new Server(null, VersionTrust.ANYBODY)) {
            server.register(GOOD, "");
            Path file =
                    Files.write(Files.createDirectories(root.resolve("source")).resolve("n.onnx"), other());
            String wrong = "ab".repeat(32);

            assertRefused(() -> server.admin.register(
                            server.order(new Content.Fetched(file.toString(), wrong), ""), "me", _ -> {}))
                    .hasMessageContaining("(expected: " + wrong + ")");
            assertThat(server.admin.registered("m").versions()).containsOnlyKeys(1L);
            assertThat(filesBelow("data/files")).hasSize(1);
            server.serves("m/1");
        }
    }

    @Test
    void whatIsNotSignedOrByOthersIsRefusedAndNothingStays() throws GeneralSecurityException, IOException {
        KeyPair ours = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair theirs = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String trusted = Base64.getEncoder().encodeToString(ours.getPublic().getEncoded());
        try (Server server = new Server(null, new Signatures(List.of(trusted), true)::check)) {
            server.register(GOOD, sign(ours, GOOD));

            assertRefused(() -> server.register(other(), "")).hasMessageContaining("it is not signed");
            assertRefused(() -> server.register(other(), sign(theirs, other())))
                    .hasMessageContaining("none of this server's 1 public keys fits its signature");
            assertRefused(() -> server.register(other(), sign(ours, GOOD))).hasMessageContaining("fits its signature");
            assertThat(filesBelow("data/files")).hasSize(1);
            server.serves("m/1");
        }
    }

    @Test
    void whatIsEncryptedServesFromMemoryAndOfAnotherKeyIsRefusedUnlessItCanBeFetched() throws IOException {
        byte[] weights = new byte[8];
        Path source = Files.createDirectories(root.resolve("source/external"));
        Files.write(source.resolve("model.onnx"), OnnxModels.externalData("weights.bin"));
        Files.write(source.resolve("weights.bin"), weights);
        try (Server server = new Server("01", VersionTrust.ANYBODY)) {
            server.admin.register(server.order(new Content.Fetched(source.toString(), ""), ""), "me", _ -> {});
            Registration upload = server.register(GOOD, "");
            assertThat(upload.problem()).isEmpty();
            server.serves("m/2");
            assertThat(server.admin.verify("m", 2)).isEmpty();
            for (Path file : filesBelow("data")) {
                String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(content)
                        .as("%s", file)
                        .doesNotContain("penstock tests")
                        .doesNotContain("weights.bin\u0012");
            }
        }
        try (Server server = new Server("02", VersionTrust.ANYBODY)) {
            // The one that a source has; the upload would need its key.
            server.serves("m/1");
            server.await(() -> server.reason(2)
                    .contains("it is encrypted with another key than this server has, and no source has it"));
            assertThat(server.admin.verify("m", 2)).singleElement().asString().contains("another key");
        }
        try (Server server = new Server("01", VersionTrust.ANYBODY)) {
            server.serves("m/2");
        }
    }

    @Test
    void whatWasExchangedOnTheDiskIsNotServed() throws IOException {
        try (Server server = new Server("01", VersionTrust.ANYBODY)) {
            server.register(GOOD, "");
            server.register(other(), "");
            server.serves("m/2");
        }
        Path good = sealed(GOOD);
        byte[] changed = Files.readAllBytes(sealed(other()));
        changed[changed.length - 1] ^= 1;
        Files.write(sealed(other()), changed);
        try (Server server = new Server("01", VersionTrust.ANYBODY)) {
            server.serves("m/1");
            assertThat(server.reason(2)).contains("an encrypted file was changed on the disk");
            assertThat(good).exists();
        }
    }

    @Test
    void aDryRunLeavesNothingOnTheDisk() throws IOException {
        try (Server server = new Server(null, VersionTrust.ANYBODY)) {
            server.register(GOOD, "");
            Content content = new Content.Received(List.of(server.keep("model.onnx", other())));
            RegisterOrder dry = new RegisterOrder("m", 0, content, List.of(), Lineage.UNKNOWN, "", "", "", true, true);

            assertThat(server.admin.register(dry, "me", _ -> {}).problem()).isEmpty();
        }
        // What was in memory when it was swept goes with the next start at the latest.
        try (Server server = new Server(null, VersionTrust.ANYBODY)) {
            server.serves("m/1");
            server.files.sweep();
            assertThat(filesBelow("data/files")).hasSize(1);
        }
    }

    @Test
    void pathsThatCannotLieInOneFolderAreRefused() {
        try (Server server = new Server(null, VersionTrust.ANYBODY)) {
            server.register(GOOD, "");
            List<StoredFile> files = List.of(server.keep("model.onnx", other()), server.keep("model.onnx/w", GOOD));

            assertRefused(() -> server.admin.register(server.order(new Content.Received(files), ""), "me", _ -> {}))
                    .hasMessageContaining("files 'model.onnx' and 'model.onnx/w' cannot lie in one folder");
            server.serves("m/1");
        }
    }

    private static byte[] other() {
        return OnnxModels.identity(DataType.FP32, -1, 4);
    }

    private static String sign(KeyPair keys, byte[] content) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initSign(keys.getPrivate());
            ed25519.update(sha256(content).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(ed25519.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(byte[] content) {
        return HexFormat.of().formatHex(Digests.sha256().digest(content));
    }

    private Path sealed(byte[] content) {
        String sha256 = sha256(content);
        return root.resolve("data/files").resolve(sha256.substring(0, 2)).resolve(sha256 + ".sealed");
    }

    private List<Path> filesBelow(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(folder))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(Runnable action) {
        return assertThatThrownBy(action::run).isInstanceOf(ServingException.class);
    }

    /// The registry over a data folder, with the real loader.
    private final class Server implements AutoCloseable {
        private final NativeHandles handles = new NativeHandles();
        private final DiskModelFiles files;
        private final Registry registry;
        private final ModelAdmin admin;
        private volatile RouteTable table = RouteTable.EMPTY;

        /// @param key two digits of a key, or null for none
        @SuppressWarnings("MustBeClosedChecker") // close() does
        Server(@Nullable String key, VersionTrust trust) {
            SealingKey sealing = key == null ? null : SealingKey.of(null, Map.of(SealingKey.VARIABLE, key.repeat(32)));
            Path data = root.resolve("data");
            files = DiskModelFiles.open(data, 1 << 20, sealing, InstantSource.system());
            SourceSettings settings = new SourceSettings(
                    List.of(),
                    List.of(root.resolve("source")),
                    SourceSettings.Limits.USUAL,
                    null,
                    SourceSettings.S3.AMAZON,
                    null,
                    SourceSettings.HUGGING_FACE,
                    "");
            RecordParts parts = new RecordParts(
                    () -> Stores.open(new StoreSettings.Sqlite(data.resolve("record.db"))),
                    files,
                    new AnySources(files, settings, AnySources.Surroundings.system(null, 0)),
                    UploadSharing.NONE,
                    VersionGates.NONE,
                    trust,
                    InstantSource.system(),
                    new Replica("here", Replica.USUAL_PATIENCE, NanoClock.SYSTEM, LastRead.NONE),
                    Duration.ofMillis(10));
            registry = Registry.start(
                    new RegistrySettings(
                            ModelRepository.of(List.of()), ModelControlMode.NONE, Set.of(), Device.CPU, 1, true),
                    new OnnxLoader(handles),
                    next -> table = next,
                    NoCaches.caches(),
                    _ -> {},
                    NanoClock.SYSTEM,
                    parts);
            admin = registry.admin();
            registry.initialLoad().orTimeout(120, TimeUnit.SECONDS).join();
        }

        StoredFile keep(String path, byte[] content) {
            return files.keep(path, new ByteArrayInputStream(content), "", 1 << 20);
        }

        RegisterOrder order(Content content, String signature) {
            return new RegisterOrder("m", 0, content, List.of(), Lineage.UNKNOWN, "", "all", signature, true, false);
        }

        Registration register(byte[] model, String signature) {
            Content content = new Content.Received(List.of(keep("model.onnx", model)));
            return admin.register(order(content, signature), "me", _ -> {});
        }

        String reason(long version) {
            ModelStatus model = registry.model("m");
            VersionStatus status = model == null ? null : model.version(version);
            return status == null ? "" : status.reason();
        }

        /// Waits for it: a start waits for no download.
        void serves(String key) {
            await(() -> answering().equals(key));
        }

        void await(BooleanSupplier reached) {
            Semaphore changed = new Semaphore(0);
            registry.onChange(changed::release);
            long begun = System.nanoTime();
            while (!reached.getAsBoolean()) {
                assertThat(System.nanoTime() - begun)
                        .as("%s, version 2: %s", answering(), reason(2))
                        .isLessThan(TimeUnit.SECONDS.toNanos(120));
                awaitOne(changed);
            }
        }

        private String answering() {
            try {
                return table.resolve("m", "").key().toString();
            } catch (ServingException e) {
                return e.reason();
            }
        }

        private static void awaitOne(Semaphore changed) {
            try {
                boolean _ = changed.tryAcquire(20, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            registry.close();
            files.close();
            assertThat(handles.total()).as("%s", handles.live()).isZero();
        }
    }
}
