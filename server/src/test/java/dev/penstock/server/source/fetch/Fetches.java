package dev.penstock.server.source.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.NanoClock;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchProgress;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.source.disk.DiskModelFiles;
import dev.penstock.server.source.net.Resolver;
import dev.penstock.server.store.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Real sources into real files in a temporary folder, without waiting between tries.
final class Fetches implements AutoCloseable {
    static final SourceSettings.Limits LIMITS = new SourceSettings.Limits(
            4 << 20, 6 << 20, 10, Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofSeconds(60));

    private final Path data;
    private final DiskModelFiles files;
    private SourceSettings settings;
    private Map<String, String> environment = Map.of();
    private Resolver resolver = Resolver.SYSTEM;

    @SuppressWarnings("MustBeClosed") // Closed by close().
    Fetches(Path data, String... hosts) {
        this.data = data;
        this.files = DiskModelFiles.open(data, 1 << 30, null, InstantSource.system());
        this.settings = new SourceSettings(
                List.of(hosts),
                List.of(),
                LIMITS,
                null,
                SourceSettings.S3.AMAZON,
                null,
                SourceSettings.HUGGING_FACE,
                "");
    }

    Fetches with(SourceSettings changed) {
        settings = changed;
        return this;
    }

    Fetches proxy(String proxy) {
        return with(new SourceSettings(
                settings.allowedHosts(),
                settings.allowedFolders(),
                settings.limits(),
                settings.headers(),
                settings.s3(),
                settings.mlflow(),
                settings.huggingFace(),
                proxy));
    }

    Fetches environment(Map<String, String> changed) {
        environment = Map.copyOf(changed);
        return this;
    }

    Fetches resolver(Resolver changed) {
        resolver = changed;
        return this;
    }

    Fetches limits(SourceSettings.Limits limits) {
        return with(new SourceSettings(
                settings.allowedHosts(),
                settings.allowedFolders(),
                limits,
                settings.headers(),
                settings.s3(),
                settings.mlflow(),
                settings.huggingFace(),
                settings.proxy()));
    }

    Fetches folders(Path... folders) {
        return with(new SourceSettings(
                settings.allowedHosts(),
                List.of(folders),
                settings.limits(),
                settings.headers(),
                settings.s3(),
                settings.mlflow(),
                settings.huggingFace(),
                settings.proxy()));
    }

    Fetches headers(Path folder) {
        return with(new SourceSettings(
                settings.allowedHosts(),
                settings.allowedFolders(),
                settings.limits(),
                folder,
                settings.s3(),
                settings.mlflow(),
                settings.huggingFace(),
                settings.proxy()));
    }

    Fetches s3(SourceSettings.S3 s3) {
        return with(new SourceSettings(
                settings.allowedHosts(),
                settings.allowedFolders(),
                settings.limits(),
                settings.headers(),
                s3,
                settings.mlflow(),
                settings.huggingFace(),
                settings.proxy()));
    }

    Fetches apis(@Nullable String mlflow, String huggingFace) {
        return with(new SourceSettings(
                settings.allowedHosts(),
                settings.allowedFolders(),
                settings.limits(),
                settings.headers(),
                settings.s3(),
                mlflow == null ? null : URI.create(mlflow),
                URI.create(huggingFace),
                settings.proxy()));
    }

    Fetched fetch(String uri, String sha256) {
        return fetch(uri, sha256, FetchProgress.NONE);
    }

    Fetched fetch(String uri, String sha256, FetchProgress progress) {
        AnySources.Surroundings around = new AnySources.Surroundings(
                data.resolve("parts"),
                1 << 30,
                environment,
                resolver,
                (SSLSocketFactory) SSLSocketFactory.getDefault(),
                _ -> {},
                NanoClock.SYSTEM);
        return new AnySources(files, settings, around).fetch(uri, sha256, progress);
    }

    String assertFails(FetchException.Reason reason, String uri, String sha256) {
        String[] message = {""};
        assertThatThrownBy(() -> fetch(uri, sha256)).isInstanceOfSatisfying(FetchException.class, e -> {
            assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
            message[0] = String.valueOf(e.getMessage());
        });
        return message[0];
    }

    /// What a fetched file has in it.
    byte[] content(Fetched fetched, String path) {
        try (ModelFiles.Folder folder = files.folder(fetched.files())) {
            return Files.readAllBytes(folder.path().resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String sha256(byte[] content) {
        return HexFormat.of().formatHex(Digests.sha256().digest(content));
    }

    @Override
    public void close() {
        files.close();
    }
}
