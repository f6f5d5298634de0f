package dev.penstock.server.source.fetch;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.Fetched;
import dev.penstock.server.store.Lineage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/// An object, or all objects below a prefix, of an object store that speaks S3.
final class S3Source implements Source {
    private static final Pattern FORM = Pattern.compile(
            "s3://(?<bucket>[a-z0-9][a-z0-9.-]{1,62})/(?<key>[^?]*)(?:\\?versionId=(?<version>[^&]+))?");

    private final S3Clients clients;
    private final Downloads downloads;

    S3Source(S3Clients clients, Downloads downloads) {
        this.clients = clients;
        this.downloads = downloads;
    }

    @Override
    public Fetched fetch(String uri, Intake intake) {
        Matcher form = Uris.match(FORM, uri, "s3://bucket/key of a file, or s3://bucket/folder/");
        String bucket = form.group("bucket");
        String key = form.group("key");
        String version = form.group("version") == null ? "" : form.group("version");
        try (S3Client client = clients.open(intake.deadline())) {
            if (key.isEmpty() || key.endsWith("/")) {
                addFolder(client, bucket, key, intake);
            } else {
                downloads.addOnly(intake, new S3Remote(client, bucket, key, version), "");
            }
            return intake.fetched(uri, Lineage.UNKNOWN);
        } catch (SdkException e) {
            throw new FetchException(Reason.UNREACHABLE, uri + " cannot be fetched: " + e.getMessage(), e);
        }
    }

    private void addFolder(S3Client client, String bucket, String prefix, Intake intake) {
        List<S3Object> objects = list(client, bucket, prefix, intake.maxFiles());
        List<String> paths = objects.stream()
                .map(object -> object.key().substring(prefix.length()))
                .toList();
        if (paths.isEmpty()) {
            throw new FetchException(Reason.NOT_FOUND, "there is nothing at s3://" + bucket + "/" + prefix);
        }
        String model = FileNames.modelAmong(paths);
        intake.announce(paths.size(), objects.stream().mapToLong(S3Object::size).sum());
        for (String path : paths) {
            Remote remote = new S3Remote(client, bucket, prefix + path, "");
            downloads.add(intake, path.equals(model) ? FileNames.MODEL : path, remote, "");
        }
    }

    private static List<S3Object> list(S3Client client, String bucket, String prefix, int maxFiles) {
        List<S3Object> found = new ArrayList<>();
        ListObjectsV2Request request =
                ListObjectsV2Request.builder().bucket(bucket).prefix(prefix).build();
        try {
            ListObjectsV2Response page = client.listObjectsV2(request);
            addWanted(page, prefix, found);
            while (page.isTruncated() && found.size() <= maxFiles) {
                page = client.listObjectsV2(request.toBuilder()
                        .continuationToken(page.nextContinuationToken())
                        .build());
                addWanted(page, prefix, found);
            }
            return found;
        } catch (S3Exception e) {
            throw asked(() -> S3Remote.refusal(e, bucket, prefix));
        } catch (SdkException e) {
            throw asked(() -> {
                throw S3Remote.failure(e);
            });
        }
    }

    private static void addWanted(ListObjectsV2Response page, String prefix, List<S3Object> found) {
        for (S3Object object : page.contents()) {
            String path = object.key().substring(prefix.length());
            // A name that ends with a slash is a folder that somebody made.
            if (!path.isEmpty() && !path.endsWith("/") && FileNames.wanted(path)) {
                found.add(object);
            }
        }
    }

    /// The SDK has tried several times by now.
    private static FetchException asked(Answer answer) {
        try {
            return answer.get();
        } catch (IOException e) {
            return new FetchException(Reason.UNREACHABLE, "the object store cannot be asked: " + e.getMessage(), e);
        }
    }

    private interface Answer {
        FetchException get() throws IOException;
    }
}
