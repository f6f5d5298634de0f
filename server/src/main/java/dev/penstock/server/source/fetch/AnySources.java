package dev.penstock.server.source.fetch;

import dev.penstock.core.NanoClock;
import dev.penstock.server.source.Deadline;
import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.FetchProgress;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.source.ModelFiles;
import dev.penstock.server.source.Sources;
import dev.penstock.server.source.net.Hosts;
import dev.penstock.server.source.net.HttpConnector;
import dev.penstock.server.source.net.Proxy;
import dev.penstock.server.source.net.ProxyLogin;
import dev.penstock.server.source.net.Redacted;
import dev.penstock.server.source.net.Resolver;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// All [Sources] there are, told apart by the scheme of the URI.
public final class AnySources implements Sources {
    private static final Pattern SHA256 = Pattern.compile("([0-9a-f]{64})?");

    private final ModelFiles files;
    private final SourceSettings.Limits limits;
    private final NanoClock clock;
    private final Map<String, Source> byScheme;

    /// What the sources need of their surroundings.
    ///
    /// @param parts a folder for parts of broken downloads, or null to leave none: where files must be
    ///     encrypted, say
    /// @param maxPartBytes that those may have together
    /// @param environment of the process, for the credentials that other tools also look for there
    /// @param tls with the authorities to trust
    public record Surroundings(
            @Nullable Path parts,
            long maxPartBytes,
            Map<String, String> environment,
            Resolver resolver,
            SSLSocketFactory tls,
            Pauses pauses,
            NanoClock clock) {
        public Surroundings {
            environment = Map.copyOf(environment);
        }

        /// Those of a running server.
        public static Surroundings system(@Nullable Path parts, long maxPartBytes) {
            return new Surroundings(
                    parts,
                    maxPartBytes,
                    System.getenv(),
                    Resolver.SYSTEM,
                    (SSLSocketFactory) SSLSocketFactory.getDefault(),
                    Pauses.DOUBLING,
                    NanoClock.SYSTEM);
        }
    }

    /// @throws IllegalArgumentException if the list of hosts has something that is none, or the proxy is none
    public AnySources(ModelFiles files, SourceSettings settings, Surroundings around) {
        this.files = files;
        this.limits = settings.limits();
        this.clock = around.clock();
        HttpConnector connector = new HttpConnector(
                new Hosts(settings.allowedHosts(), around.resolver()),
                settings.proxy().isEmpty() ? null : Proxy.parse(settings.proxy(), ProxyLogin.of(around.environment())),
                around.tls(),
                limits.connect(),
                limits.silence(),
                clock);
        Web web = new Web(connector, new HeaderFiles(settings.headers()));
        JsonWeb json = new JsonWeb(web, around.pauses());
        Downloads downloads = new Downloads(new PartFiles(around.parts(), around.maxPartBytes()), around.pauses());
        Source local = new LocalSource(settings.allowedFolders());
        Source http = new WebSource(web, downloads);
        Source s3 = new S3Source(new S3Clients(connector, settings.s3()), downloads);
        Source oci = new OciSource(new OciRegistry(web, json), downloads);
        @Nullable
        MlflowServer mlflow =
                settings.mlflow() == null ? null : new MlflowServer(json, settings.mlflow(), around.environment());
        Source ofMlflow = (uri, intake) -> (Uris.scheme(uri).equals("s3") ? s3 : local).fetch(uri, intake);
        String token = around.environment().getOrDefault("HF_TOKEN", "");
        byScheme = Map.of(
                "", local,
                "file", local,
                "http", http,
                "https", http,
                "s3", s3,
                "models", new MlflowSource(mlflow, downloads, web, ofMlflow),
                "hf", new HuggingFaceSource(json, web, downloads, settings.huggingFace(), token),
                "oci", oci,
                "oci+http", oci);
    }

    @Override
    public Fetched fetch(String uri, String sha256, FetchProgress progress) {
        @Nullable Source source = byScheme.get(Uris.scheme(uri));
        if (source == null) {
            throw new FetchException(
                    Reason.REFUSED,
                    "the URI '%s' (expected: a path, or one of file, http, https, s3, models, hf, oci)"
                            .formatted(Redacted.forMessage(uri)));
        }
        if (!SHA256.matcher(sha256).matches()) {
            throw new FetchException(Reason.REFUSED, "the sha256 is not 64 lower-case hexadecimal digits");
        }
        Deadline deadline = new Deadline(clock.nanoTime() + limits.total().toNanos(), progress::givenUp);
        Intake intake = new Intake(files, limits, progress, sha256, deadline);
        boolean complete = false;
        try {
            Fetched fetched = source.fetch(uri, intake);
            complete = true;
            return fetched;
        } finally {
            if (!complete) {
                intake.drop();
            }
        }
    }
}
